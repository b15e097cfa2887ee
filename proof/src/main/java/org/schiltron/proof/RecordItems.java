package org.schiltron.proof;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.ServiceRecord.ListName;

/**
 * A record, and the swarm list that it names, as {@link MutableItem}s under the service's key. They are signed where that
 * key is; from then on the record's file is all that is needed to put them into the DHT, again and again, by anyone.
 *
 * <pre>
 * item            salt                     value
 * the record      schiltron                the record's bytes
 * piece i of      schiltron/H/i            the list's bytes from 995 i on, at most 995; H is the first 32
 *   its list                               hexadecimal digits of its SHA-256, i a decimal number from 0
 * </pre>
 *
 * The sequence number of all of them is the record's version. What signing adds to the file is a text of their
 * signatures: "schiitm1" (8), signature (64) x items, the record's first.
 */
public final class RecordItems {
    public static final int MAX_RECORD_BYTES = MutableItem.MAX_VALUE_BYTES;
    /** Each piece is looked up and put again by itself, so not too many. */
    public static final int MAX_PIECES = 16;
    /** Some 790 mailboxes. */
    public static final int MAX_LIST_BYTES = MAX_PIECES * MutableItem.MAX_VALUE_BYTES;

    private static final int MAGIC = 8;
    private static final int MAX_TEXT_BYTES = MAGIC + SignedForm.SIGNATURE * (1 + MAX_PIECES);
    private static final String SALT = "schiltron";
    private static final SignedForm FORM = new SignedForm("an item's signatures", 0x7363_6869_6974_6d31L, "item"); // "schiitm1"

    private final List<MutableItem> items;

    private RecordItems(List<MutableItem> items) {
        this.items = List.copyOf(items);
    }

    /**
     * Signs them.
     *
     * @param list the bytes of the swarm list that the record names; null if it names none
     * @throws IllegalArgumentException if the key is not the service's own, or something is too long for an item
     */
    public static RecordItems sign(Identity service, ServiceRecord record, byte @Nullable [] list) {
        if (!service.publicKey().equals(record.content().service()))
            throw new IllegalArgumentException(
                    "the DHT finds an item by the key that signed it: the service's own key has to, no delegate's");
        List<MutableItem> items = new ArrayList<>();
        for (Unsigned item : of(record, list))
            items.add(MutableItem.sign(service, item.salt, record.content().version(), item.value));
        return new RecordItems(items);
    }

    /** Reads {@link #text}, and checks the signatures against what they are of. */
    public static RecordItems parse(String text, ServiceRecord record, byte @Nullable [] list) {
        byte[] bytes = FORM.parseUpTo(text, MAX_TEXT_BYTES);
        FORM.checkMagic(bytes);
        List<Unsigned> unsigned = of(record, list);
        if (bytes.length != MAGIC + SignedForm.SIGNATURE * unsigned.size())
            throw new IllegalArgumentException("the item's signatures are not those of this record and its list");
        List<MutableItem> items = new ArrayList<>();
        for (Unsigned item : unsigned) {
            int at = MAGIC + SignedForm.SIGNATURE * items.size();
            MutableItem signed = new MutableItem(record.content().service(), item.salt, record.content().version(),
                    item.value, Arrays.copyOfRange(bytes, at, at + SignedForm.SIGNATURE));
            if (!signed.isSigned())
                throw new IllegalArgumentException("the item's signatures are not those of this record and its list");
            items.add(signed);
        }
        return new RecordItems(items);
    }

    /** Whether a line is meant to be their signatures. */
    public static boolean isText(String line) {
        return FORM.isText(line);
    }

    /** The signatures. */
    public String text() {
        byte[] bytes = FORM.begin(MAGIC + SignedForm.SIGNATURE * items.size());
        for (int i = 0; i < items.size(); i++)
            System.arraycopy(items.get(i).signature(), 0, bytes, MAGIC + SignedForm.SIGNATURE * i,
                    SignedForm.SIGNATURE);
        return FORM.text(bytes);
    }

    /** The record's first. */
    public List<MutableItem> items() {
        return items;
    }

    public static byte[] recordSalt() {
        return ascii(SALT);
    }

    /** Of each piece of a list, in order. */
    public static List<byte[]> listSalts(ListName list) {
        if (list.length() > MAX_LIST_BYTES)
            throw new IllegalArgumentException("the swarm list has " + list.length() + " bytes, the DHT takes at most "
                    + MAX_LIST_BYTES + " (" + MAX_PIECES + " items)");
        List<byte[]> salts = new ArrayList<>();
        for (int at = 0; at < list.length(); at += MutableItem.MAX_VALUE_BYTES)
            salts.add(ascii(SALT + "/" + list.sha256().substring(0, 32) + "/" + salts.size()));
        return salts;
    }

    private record Unsigned(byte[] salt, byte[] value) {
    }

    private static List<Unsigned> of(ServiceRecord record, byte @Nullable [] list) {
        byte[] bytes = record.encode();
        if (bytes.length > MAX_RECORD_BYTES)
            throw new IllegalArgumentException("the record has " + bytes.length
                    + " bytes, an item of the DHT holds at most " + MAX_RECORD_BYTES
                    + ": name fewer contacts, and put the others into a swarm list");
        ListName name = record.content().list();
        List<Unsigned> items = new ArrayList<>(List.of(new Unsigned(recordSalt(), bytes)));
        if (name == null)
            return items;
        if (list == null || !name.names(list))
            throw new IllegalArgumentException("not the swarm list that the record names");
        for (byte[] salt : listSalts(name)) {
            int at = MutableItem.MAX_VALUE_BYTES * (items.size() - 1);
            items.add(new Unsigned(salt,
                    Arrays.copyOfRange(list, at, Math.min(list.length, at + MutableItem.MAX_VALUE_BYTES))));
        }
        return items;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
