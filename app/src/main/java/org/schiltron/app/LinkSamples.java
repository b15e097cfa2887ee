package org.schiltron.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** How full an interface's incoming side was, and how much was lost there, since the last time it was asked. */
final class LinkSamples {
    private final Path statistics;
    private final double bytesPerSecond;
    private long atNs;
    private long bytes;
    private long packets;
    private long dropped;

    /** One sample: both 0 to 1, what is beyond included. */
    record Sample(double utilisation, double loss) {
    }

    /**
     * @param name an interface's, of this network namespace
     * @param rate bits a second that the link behind it carries
     * @throws Failure if there is no such interface
     */
    LinkSamples(String name, long rate, long nowNs) {
        statistics = Path.of("/sys/class/net").resolve(name).resolve("statistics");
        bytesPerSecond = rate / 8.0;
        if (name.indexOf('/') >= 0 || !Files.isDirectory(statistics))
            throw new Failure(Exit.USAGE, "watch: no interface " + name + " on this machine");
        try {
            take(nowNs);
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "watch: " + name + ": " + Reason.of(e), e);
        }
    }

    private void take(long nowNs) throws IOException {
        atNs = nowNs;
        bytes = read("rx_bytes");
        packets = read("rx_packets");
        dropped = read("rx_dropped") + read("rx_missed_errors");
    }

    private long read(String counter) throws IOException {
        return Long.parseLong(Files.readString(statistics.resolve(counter), StandardCharsets.US_ASCII).strip());
    }

    /** @throws IOException if the interface has vanished */
    Sample next(long nowNs) throws IOException {
        long fromNs = atNs;
        long fromBytes = bytes;
        long fromPackets = packets;
        long fromDropped = dropped;
        take(nowNs);
        double seconds = (atNs - fromNs) / 1e9;
        long lost = dropped - fromDropped;
        long came = packets - fromPackets + lost;
        return new Sample(seconds <= 0 ? 0 : (bytes - fromBytes) / (bytesPerSecond * seconds),
                came <= 0 ? 0 : (double) lost / came);
    }
}
