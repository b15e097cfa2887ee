package org.schiltron.systemtests;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.schiltron.filter.PacketText;
import org.schiltron.host.TunDevice;

/**
 * A network namespace that forwards: what is sent into one device leaves by the other, unless rules say otherwise. It
 * knows no address and no neighbour.
 */
final class NftNetwork implements AutoCloseable {
    private static final int SETTLE = 3;
    private static final byte[] MARKER = PacketText.packet("udp 198.18.0.1:9 > 198.18.0.2:9 data=600d");
    private static final long LONGEST_NS = 20_000_000_000L;

    final String name = "schiltron-nft-" + ProcessHandle.current().pid();
    private final MemorySegment buffer = Arena.ofAuto().allocate(TunDevice.MAX_PACKET + 1L);
    private final TunDevice in;
    private final TunDevice out;

    /** Skips the test where it cannot be. */
    NftNetwork() throws IOException {
        Programs.ip();
        Programs.nft();
        Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/net/tun")) && Files.isWritable(Path.of("/run")),
                "needs root and /dev/net/tun");
        run("ip", "netns", "add", name);
        Path file = Path.of("/run/netns", name);
        in = TunDevice.open(file, "in");
        out = TunDevice.open(file, "out");
        inside("sh", "-c", """
                set -e
                cd /proc/sys/net
                echo 1 > ipv4/ip_forward
                echo 1 > ipv6/conf/all/forwarding
                for device in all default in out; do echo 0 > ipv4/conf/$device/rp_filter; done
                for device in in out; do
                    ip link set $device addrgenmode none mtu 65535
                    ip link set $device up
                done
                ip route add default dev out
                ip -6 route add default dev out
                """);
    }

    /** The command that runs another one in here. */
    List<String> prefix() {
        return List.of("ip", "netns", "exec", name);
    }

    String inside(String... command) throws IOException {
        List<String> whole = new ArrayList<>(prefix());
        whole.addAll(List.of(command));
        return run(whole.toArray(new String[0]));
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0)
                throw new IOException(String.join(" ", command) + ": " + output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return output;
    }

    /** @return false if the device does not take it for an IP packet */
    boolean send(byte[] packet) {
        MemorySegment.copy(packet, 0, buffer, ValueLayout.JAVA_BYTE, 0, packet.length);
        return in.write(buffer, 0, packet.length);
    }

    /** Everything that has come out, once what was sent has had its time to: known by markers that are sent after it. */
    List<byte[]> received() {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < SETTLE; i++) { // a packet may be at another processor
            send(MARKER);
            long untilNs = System.nanoTime() + LONGEST_NS;
            for (boolean seen = false; !seen;) {
                int length = out.read(buffer, 0, TunDevice.MAX_PACKET);
                if (length == 0) {
                    if (System.nanoTime() > untilNs)
                        throw new AssertionError("the marker has not come out");
                    Thread.onSpinWait();
                    continue;
                }
                byte[] packet = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
                seen = isForwarded(MARKER, packet);
                boolean own = packet[0] >> 4 == 6 && packet[24] == (byte) 0xff; // its kernel announces itself by multicast
                if (!seen && !own)
                    all.add(packet);
            }
        }
        return all;
    }

    /** Whether one is the other behind a router: but for what is left of its hops, and the sum of its header. */
    static boolean isForwarded(byte[] sent, byte[] got) {
        boolean ipv4 = got[0] >> 4 == 4;
        for (int i = 0; i < got.length; i++) {
            boolean changes = ipv4 ? i == 8 || i == 10 || i == 11 : i == 7;
            if (i >= sent.length || (!changes && sent[i] != got[i]))
                return false;
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
        out.close();
        run("ip", "netns", "delete", name);
    }
}
