package org.schiltron.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.schiltron.host.Entropy;
import org.schiltron.host.MachineLoop;
import org.schiltron.host.UdpCounters;
import org.schiltron.host.UdpDriver;
import org.schiltron.host.UdpOptions;
import org.schiltron.host.UdpSockets;
import org.schiltron.machine.Machine;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;

/**
 * One relay under test, in a process of its own: {@code RelayProcess MACHINE DRIVER EGRESS_TRAINS INGRESS_TRAINS}. Prints
 * {@code ready PORT} and what the load must know besides; answers each line of input with {@code DATAGRAMS_IN DATAGRAMS_OUT SYSTEM_CALLS ALLOCATED_BYTES} of its
 * loop's thread so far; ends with its input.
 */
final class RelayProcess {
    private RelayProcess() {
    }

    public static void main(String[] args) throws IOException {
        UdpOptions options = UdpOptions.defaults().withDriver(UdpDriver.valueOf(args[1]))
                .withTrains(Boolean.parseBoolean(args[2]), Boolean.parseBoolean(args[3]));
        switch (args[0]) {
            case "mailbox" -> serve(new Mailbox(mailboxConfig(), new Entropy()), "", options);
            case "forward" -> serve(new ForwardMachine(), "", options);
            case "ring" -> {
                EnrolledRing ring = new EnrolledRing();
                serve(ring.node(), ring.customers(), options);
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** A 10 Gbit/s link's bounds, but a tenth of a second of store: 125 MB. */
    private static MailboxConfig mailboxConfig() {
        return MailboxConfig.builder(1_250_000_000L).storeSeconds(0.1).maxGets(1 << 18).build();
    }

    private static <M extends Machine<E>, E> void serve(M machine, String extra, UdpOptions options)
            throws IOException {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        UdpSockets sockets = UdpSockets.bind(options, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        try (var loop = MachineLoop.start("relay", sockets, machine, options, event -> {
        }); var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println(("ready " + sockets.localAddress(0).getPort() + " " + extra).strip());
            while (in.readLine() != null) {
                long allocated = loop.query((m, nowNs) -> threads.getCurrentThreadAllocatedBytes()).join();
                UdpCounters c = sockets.counters();
                System.out.println(
                        c.datagramsIn() + " " + c.datagramsOut() + " " + c.systemCalls() + " " + allocated);
            }
        }
    }
}
