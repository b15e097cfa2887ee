package org.schiltron.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.schiltron.edge.ModeThresholds;
import org.schiltron.edge.ServiceMode;
import org.schiltron.host.Addresses;
import org.schiltron.toml.BadFileException;
import org.schiltron.toml.Fields;
import org.schiltron.toml.Quantity;
import org.schiltron.toml.TomlFile;

/**
 * A service with a normal and secure addresses (Mayday, section 3.7), in one file that its ring and its edges read
 * (docs/EDGES.md).
 *
 * @param service    its name at the edges
 * @param secret     32 bytes, by which edges believe what the ring tells them
 * @param normal     where it is in normal mode, resolved
 * @param secure     where else, one after the other
 * @param overlapMs  how long connections to the address before may go on
 * @param tell       the edges, resolved
 * @param watch      the interface whose fill decides; empty where a person does
 * @param rate       what goes through the access link, bits a second
 * @param thresholds when that is too much
 */
record ModesFile(String service, byte[] secret, InetSocketAddress normal, List<InetSocketAddress> secure,
        long overlapMs, List<InetSocketAddress> tell, String watch, long rate, ModeThresholds thresholds) {
    private static final int MAX_BYTES = 1 << 16;
    private static final int MAX_SECURE = 256;
    private static final int MAX_EDGES = 1_024;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int NS_PER_MS = 1_000_000;

    static ModesFile read(Path file) {
        try {
            return parse(file, TomlFile.read(file, MAX_BYTES, "a file of modes"));
        } catch (BadFileException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    private static ModesFile parse(Path file, Fields fields) throws BadFileException {
        String service = fields.needed("service", "\"shop\"");
        if (!EdgeService.NAME.matcher(service).matches())
            throw fields.wrong("service", EdgeService.NAME_FORM);
        byte[] secret = secret(file, fields);
        List<InetSocketAddress> normal = addresses(fields, "normal", 1);
        if (normal.isEmpty())
            throw fields.wrong("needs a key normal, such as normal = \"192.0.2.80:80\"");
        List<InetSocketAddress> secure = addresses(fields, "secure", MAX_SECURE);
        if (secure.size() < 2)
            throw fields.wrong("secure", "two addresses at least: who finds one must not have found them all");
        if (secure.contains(normal.getFirst()))
            throw fields.wrong("secure", "the normal address is one of them");
        List<InetSocketAddress> tell = addresses(fields, "tell", MAX_EDGES);
        long overlap = fields.quantity("overlap", Quantity.DURATION, 10 * SECOND_NS, 0, 86_400 * SECOND_NS);
        String watch = fields.text("watch", "");
        if (!watch.isEmpty())
            fields.need("rate", "\"1Gbit\"");
        long rate = fields.quantity("rate", Quantity.RATE, 0, 8_000, 1_000_000_000_000L);
        ModeThresholds thresholds = thresholds(fields);
        fields.end();
        return new ModesFile(service, secret, normal.getFirst(), secure, overlap / NS_PER_MS, tell, watch, rate,
                thresholds);
    }

    private static byte[] secret(Path file, Fields fields) throws BadFileException {
        String name = fields.needed("secret", "\"mode.key\" (schiltron key new mode.key)");
        try {
            return KeyFiles.read(file.resolveSibling(name)).seed();
        } catch (InvalidPathException e) {
            throw fields.wrong("secret", "not the name of a file: " + e.getReason());
        }
    }

    private static ModeThresholds thresholds(Fields fields) throws BadFileException {
        ModeThresholds preset = ModeThresholds.DEFAULT;
        try {
            return new ModeThresholds(fields.probability("utilisation-up", preset.utilisationUp()),
                    fields.probability("utilisation-down", preset.utilisationDown()),
                    fields.probability("loss-up", preset.lossUp()), fields.probability("loss-down", preset.lossDown()),
                    fields.quantity("after", Quantity.DURATION, preset.upNs(), 0, 10 * SECOND_NS),
                    fields.quantity("back-after", Quantity.DURATION, preset.downNs(), 0, 86_400 * SECOND_NS),
                    fields.quantity("back-at-most", Quantity.DURATION, preset.mostDownNs(), 0, 86_400 * SECOND_NS));
        } catch (IllegalArgumentException e) {
            throw fields.wrong(String.valueOf(e.getMessage()));
        }
    }

    private static List<InetSocketAddress> addresses(Fields fields, String key, int most) throws BadFileException {
        List<String> names = fields.names(key);
        if (names == null)
            return List.of();
        if (names.size() > most)
            throw fields.wrong(key, names.size() + " addresses, at most " + most);
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String name : names) {
            try {
                InetSocketAddress address = UdpSettings.resolve(Addresses.parse(name));
                if (address.getPort() == 0)
                    throw fields.wrong(key, name + ": port 0 is nowhere");
                addresses.add(address);
            } catch (IllegalArgumentException e) {
                throw fields.wrong(key, String.valueOf(e.getMessage()));
            }
        }
        return addresses;
    }

    /** Where the service is. */
    InetSocketAddress at(ServiceMode mode, int which) {
        return mode == ServiceMode.NORMAL ? normal : secure.get(which % secure.size());
    }
}
