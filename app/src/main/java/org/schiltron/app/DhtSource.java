package org.schiltron.app;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Dht;
import org.schiltron.proof.MutableItem;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.RecordItems;
import org.schiltron.proof.ServiceRecord;
import org.schiltron.proof.ServiceRecord.ListName;

/** Items in the BitTorrent DHT under a service's key: its record, and the pieces of its swarm list ({@link RecordItems}). */
final class DhtSource implements NameSource {
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final PublicKey service;
    private final DhtAccess access;
    private @Nullable Dht opened;

    DhtSource(PublicKey service, DhtAccess access) {
        this.service = service;
        this.access = access;
    }

    @Override
    public List<String> lines() {
        Dht.Found found = get(List.of(RecordItems.recordSalt()));
        if (found.items().isEmpty())
            throw nothing(found, "no record of " + service, "it is not published there, or was not lately");
        MutableItem item = found.items().getFirst();
        try {
            ServiceRecord record = ServiceRecord.decode(item.value());
            if (record.content().version() != item.sequence())
                throw new IllegalArgumentException(
                        "its sequence number is " + item.sequence() + ", the record's version "
                                + record.content().version());
            return List.of(record.text());
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.FAILED, DhtAccess.PLACE + ": the item there is no record: " + e.getMessage(), e);
        }
    }

    @Override
    public byte[] list(ListName name) {
        List<byte[]> salts;
        try {
            salts = RecordItems.listSalts(name);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.FAILED, DhtAccess.PLACE + ": " + e.getMessage(), e);
        }
        Dht.Found found = get(salts);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] salt : salts)
            found.items().stream().filter(item -> Arrays.equals(item.salt(), salt)).findFirst()
                    .ifPresent(item -> out.writeBytes(item.value()));
        if (found.items().size() < salts.size())
            throw nothing(found, "only " + found.items().size() + " of the " + salts.size()
                    + " pieces of the swarm list", "they may not be there any more");
        return out.toByteArray();
    }

    private Dht.Found get(List<byte[]> salts) {
        Dht dht = opened;
        if (dht == null) {
            dht = access.open();
            opened = dht;
        }
        Dht from = dht;
        return access.watch("looking in " + DhtAccess.PLACE, from, () -> from.get(service, salts, LONGEST));
    }

    private Failure nothing(Dht.Found found, String what, String perhaps) {
        if (found.answered() == 0)
            return new Failure(Exit.UNREACHABLE, DhtAccess.PLACE + ": no node answers within " + LONGEST.toSeconds()
                    + " s (began at " + access.nodeNames()
                    + "): check that UDP leaves this network, or give others with"
                    + " dht-node");
        if (found.refused() > 0)
            return new Failure(Exit.FAILED, DhtAccess.PLACE + ": " + what + " lies there; " + found.refused()
                    + " nodes handed out items that this key has not signed");
        return new Failure(Exit.UNREACHABLE, DhtAccess.PLACE + ": " + what + " lies there, say the " + found.answered()
                + " nodes that answered: " + perhaps);
    }

    @Override
    public void close() {
        Dht dht = opened;
        if (dht != null)
            dht.close();
    }
}
