package org.schiltron.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.schiltron.host.TunDevice;
import org.schiltron.host.TunPoll;

/** What the lab is compared with: two hosts, and a loop that copies each packet from one TUN device to the other, without a model between. */
final class BareTunnel implements AutoCloseable {
    private static final int BATCH = 64;

    private final String a = "schiltron-" + ProcessHandle.current().pid() + "a";
    private final String b = "schiltron-" + ProcessHandle.current().pid() + "b";
    private final TunDevice toA;
    private final TunDevice toB;
    private final TunPoll poll;
    private final Thread thread;
    private volatile boolean stopping;

    BareTunnel(Scene scene) throws IOException, InterruptedException {
        toA = host(scene, a, "10.214.0.1");
        toB = host(scene, b, "10.214.0.2");
        poll = new TunPoll(List.of(toA, toB));
        thread = Thread.ofPlatform().name("copy").daemon().start(this::copy);
    }

    private static TunDevice host(Scene scene, String space, String address) throws IOException, InterruptedException {
        scene.run("ip", "netns", "add", space);
        scene.atEnd(() -> {
            try {
                new ProcessBuilder("ip", "netns", "del", space).start().waitFor();
            } catch (IOException | InterruptedException e) {
                System.err.println("could not delete the network namespace " + space + ": " + e);
            }
        });
        TunDevice device = TunDevice.open(Path.of("/run/netns", space), "tun0");
        scene.run("ip", "-n", space, "link", "set", "tun0", "mtu", "1500", "txqueuelen", "10000");
        scene.run("ip", "-n", space, "addr", "add", address + "/24", "dev", "tun0");
        scene.run("ip", "-n", space, "link", "set", "tun0", "up");
        return device;
    }

    private void copy() {
        poll.punctual();
        MemorySegment packet = Arena.ofAuto().allocate(TunDevice.MAX_PACKET);
        while (!stopping) {
            poll.await(1_000_000_000L);
            pass(toA, toB, packet);
            pass(toB, toA, packet);
        }
    }

    private static void pass(TunDevice from, TunDevice to, MemorySegment packet) {
        for (int i = 0; i < BATCH; i++) {
            int length = from.read(packet, 0, TunDevice.MAX_PACKET);
            if (length == 0)
                return;
            to.write(packet, 0, length);
        }
    }

    LabPath path() {
        return new LabPath(a, b, "10.214.0.2");
    }

    @Override
    public void close() {
        stopping = true;
        poll.wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        toA.close();
        toB.close();
        poll.close();
    }
}
