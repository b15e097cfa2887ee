package org.schiltron.app;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Authenticator;
import org.schiltron.edge.AuthenticatorChoices;
import org.schiltron.edge.AuthenticatorField;
import org.schiltron.edge.AuthenticatorSchedule;
import org.schiltron.edge.IpAddress;
import org.schiltron.edge.PortRange;
import org.schiltron.filter.SecondaryKey;
import org.schiltron.toml.BadFileException;
import org.schiltron.toml.Fields;
import org.schiltron.toml.Quantity;
import org.schiltron.toml.TomlFile;

/**
 * What egresses show to the ring and the ring lets pass, in one file that both ends read (docs/EDGES.md). Lists of
 * several values need a secret, from which both ends compute the one of the time; without one it never changes.
 *
 * @param schedule null where nothing changes with time
 * @param fixed    what never changes; null where all of it does, or there is no such part
 * @param sources  the whole range of source ports, which the time does not narrow: a port is one connection at a time.
 *                 Null where the port does not matter
 * @param service  the addresses that it is about, for the ring, where it names no destinations
 * @param word     where its key stands; null where it has none
 */
record AuthenticatorFile(@Nullable AuthenticatorSchedule schedule, @Nullable Authenticator fixed,
        @Nullable PortRange sources, List<IpAddress> service, @Nullable SecondaryKey word) {
    private static final int MAX_BYTES = 1 << 16;
    private static final int NS_PER_MS = 1_000_000;
    private static final long SECOND_NS = 1_000_000_000L;

    static AuthenticatorFile read(Path file) {
        try {
            return parse(file, TomlFile.read(file, MAX_BYTES, "an authenticator"));
        } catch (BadFileException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    private static AuthenticatorFile parse(Path file, Fields fields) throws BadFileException {
        String secret = fields.text("secret", "");
        List<PortRange> sources = list(fields, "source-port", PortRange::parse);
        if (sources.size() > 1)
            throw fields.wrong("source-port", "one range, such as \"40000-40999\"");
        List<IpAddress> service = list(fields, "service", IpAddress::parse);
        SecondaryKey word = word(fields);
        AuthenticatorChoices choices = choices(fields, word);
        check(fields, word, choices == null ? service : choices.destinations(), service);
        Integer key = key(fields, word);
        long every = fields.quantity("every", Quantity.DURATION, 60 * SECOND_NS, SECOND_NS, 86_400 * SECOND_NS);
        long overlap = fields.quantity("overlap", Quantity.DURATION, Math.min(every, 5 * SECOND_NS), 0, every);
        long early = fields.quantity("early", Quantity.DURATION, Math.min(every / 2, SECOND_NS), 0, every / 2);
        int epoch = (int) fields.whole("epoch", 0, 0, Integer.MAX_VALUE);
        fields.end();
        PortRange range = sources.isEmpty() ? null : sources.getFirst();
        if (choices == null && range == null)
            throw fields.wrong("nothing to show: it needs source, source-port, destination, destination-port or word");
        if (choices == null)
            return new AuthenticatorFile(null, null, range, service, null);
        if (secret.isEmpty())
            return new AuthenticatorFile(null, only(fields, choices, key), range, service, word);
        if (key != null)
            throw fields.wrong("key", "with a secret it is drawn from that; leave one of the two out");
        try {
            byte[] seed = KeyFiles.read(file.resolveSibling(secret)).seed();
            return new AuthenticatorFile(new AuthenticatorSchedule(seed, choices, every / NS_PER_MS,
                    overlap / NS_PER_MS, early / NS_PER_MS, epoch), null, range, service, word);
        } catch (InvalidPathException e) {
            throw fields.wrong("secret", "not the name of a file: " + e.getReason());
        }
    }

    private static @Nullable SecondaryKey word(Fields fields) throws BadFileException {
        List<String> names = list(fields, "word", name -> name);
        try {
            return names.isEmpty() ? null : SecondaryKey.parse(names);
        } catch (IllegalArgumentException e) {
            throw fields.wrong("word", String.valueOf(e.getMessage()));
        }
    }

    /** Each address that the ring opens has to have a field of the key. */
    private static void check(Fields fields, @Nullable SecondaryKey word, List<IpAddress> first,
            List<IpAddress> second) throws BadFileException {
        if (word == null)
            return;
        for (List<IpAddress> addresses : List.of(first, second))
            for (IpAddress address : addresses)
                if (!word.isIn(address.isIpv4()))
                    throw fields.wrong("word", "none of these fields is in a packet to " + address);
    }

    private static @Nullable Integer key(Fields fields, @Nullable SecondaryKey word) throws BadFileException {
        String text = fields.text("key", "");
        if (text.isEmpty())
            return null;
        if (word == null)
            throw fields.wrong("key", "it needs word, the fields that it stands in");
        try {
            if (text.indexOf(',') >= 0)
                throw fields.wrong("key", "one to eight hexadecimal digits");
            Integer key = Authenticator.parse("key=" + text).key();
            if (key != null && (word.isPlain(key) || word.bits() < Integer.SIZE && key >>> word.bits() != 0))
                throw fields.wrong("key", "of " + word.bits() + " bits, and in none of its fields 0");
            return key;
        } catch (IllegalArgumentException e) {
            throw fields.wrong("key", String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable AuthenticatorChoices choices(Fields fields, @Nullable SecondaryKey word)
            throws BadFileException {
        List<IpAddress> from = list(fields, "source", IpAddress::parse);
        List<IpAddress> to = list(fields, "destination", IpAddress::parse);
        List<PortRange> ports = list(fields, "destination-port", PortRange::parse);
        if (from.isEmpty() && to.isEmpty() && ports.isEmpty() && word == null)
            return null;
        try {
            return new AuthenticatorChoices(from, List.of(), to, ports, word == null ? 0 : word.bits());
        } catch (IllegalArgumentException e) {
            throw fields.wrong(String.valueOf(e.getMessage()));
        }
    }

    private static <T> List<T> list(Fields fields, String key, Function<String, T> parse) throws BadFileException {
        List<String> texts = fields.texts(key);
        if (texts == null)
            return List.of();
        if (texts.isEmpty())
            throw fields.wrong(key, "an empty list; leave the key out if it does not matter");
        try {
            return texts.stream().map(parse).toList();
        } catch (IllegalArgumentException e) {
            throw fields.wrong(key, String.valueOf(e.getMessage()));
        }
    }

    private static Authenticator only(Fields fields, AuthenticatorChoices choices, @Nullable Integer key)
            throws BadFileException {
        if (choices.keyBits() > 0 && key == null)
            throw fields.wrong("word", "neither a secret to draw its key from, nor key = \"...\": add secret = \"FILE\""
                    + " (schiltron key new FILE)");
        for (AuthenticatorField field : choices.fields())
            if (field != AuthenticatorField.KEY && choices.size(field) > 1)
                throw fields.wrong(field.text(), choices.size(field)
                        + " values and no secret to choose by: add secret = \"FILE\" (schiltron key new FILE)");
        return new Authenticator(choices.sources().isEmpty() ? null : choices.sources().getFirst(), 0,
                choices.destinations().isEmpty() ? null : choices.destinations().getFirst(),
                choices.destinationPorts().isEmpty() ? 0 : choices.destinationPorts().getFirst().first(), key);
    }

    /** Which parts it has; at least one. */
    Set<AuthenticatorField> fields() {
        Set<AuthenticatorField> all = EnumSet.noneOf(AuthenticatorField.class);
        if (sources != null)
            all.add(AuthenticatorField.SOURCE_PORT);
        if (schedule != null)
            all.addAll(schedule.at(0).fields());
        if (fixed != null)
            all.addAll(fixed.fields());
        return all;
    }

    /**
     * For who dials, where the file itself does not say where to.
     *
     * @throws IllegalArgumentException if what goes there cannot show it
     */
    void check(InetSocketAddress to) {
        if (word != null && !fields().contains(AuthenticatorField.DESTINATION_ADDRESS)
                && !word.isIn(to.getAddress() instanceof Inet4Address))
            throw new IllegalArgumentException("authenticator: none of the fields of its word is in a packet to "
                    + to.getAddress().getHostAddress());
    }

    /** What an egress shows at that time. */
    Shown at(long epochMs) {
        return shown(schedule == null ? fixed : schedule.at(epochMs));
    }

    /** What the ring lets pass at that time, what egresses show now first. */
    List<Shown> accepted(long epochMs) {
        return schedule == null
                ? List.of(at(epochMs))
                : schedule.accepted(epochMs).stream().map(this::shown).toList();
    }

    private Shown shown(@Nullable Authenticator changing) {
        return new Shown(changing, sources, service, word);
    }

    /**
     * This, read again: where its epoch is one more than before, the next authenticator comes into use at once, and the
     * one before is accepted for the overlap.
     */
    AuthenticatorFile after(AuthenticatorFile before, long epochMs) {
        AuthenticatorSchedule old = before.schedule;
        if (schedule == null || old == null || schedule.epoch() != old.epoch() + 1
                || !schedule.at(epochMs).equals(old.at(old.nextChange(epochMs))))
            return this; // another secret, or other values: nothing of the old one holds
        return new AuthenticatorFile(old.changeNow(epochMs), null, sources, service, word);
    }
}
