package org.schiltron.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.schiltron.edge.ModeWord;
import org.schiltron.edge.ServiceMode;
import org.schiltron.host.Addresses;
import tools.jackson.databind.node.ArrayNode;

/** Listens to what rings say about the modes of services ({@link RingModes}), and has the edge follow. */
final class EdgeModes implements AutoCloseable {
    /** A service that has modes. */
    private static final class Following {
        final ModesFile file;
        ServiceMode mode = ServiceMode.NORMAL;
        int which;
        long lastMs = -1;

        Following(ModesFile file) {
            this.file = file;
        }
    }

    private final List<Following> services = new ArrayList<>();
    private final DatagramChannel socket;
    private final EdgeAgility agility;
    private final BiConsumer<String, ServiceMode> onMode;
    private final Thread thread;
    private long refused;

    private EdgeModes(List<ModesFile> files, DatagramChannel socket, EdgeAgility agility,
            BiConsumer<String, ServiceMode> onMode) {
        this.onMode = onMode;
        files.forEach(file -> services.add(new Following(file)));
        this.socket = socket;
        this.agility = agility;
        thread = Thread.ofPlatform().name("modes").daemon().unstarted(this::listen);
    }

    /**
     * @param at     where words come in
     * @param onMode told of a service's mode before it moves
     */
    static EdgeModes start(List<ModesFile> files, InetSocketAddress at, EdgeAgility agility,
            BiConsumer<String, ServiceMode> onMode) {
        try {
            DatagramChannel socket = DatagramChannel.open();
            try {
                socket.bind(at);
                EdgeModes modes = new EdgeModes(files, socket, agility, onMode);
                modes.thread.start();
                return modes;
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        } catch (IOException e) {
            throw new Failure(Exit.CANNOT_LISTEN, "mode-listen " + Addresses.toText(at) + ": " + Reason.of(e), e);
        }
    }

    private void listen() {
        ByteBuffer in = ByteBuffer.allocate(ModeWord.MAX_BYTES + 1);
        while (true) {
            try {
                socket.receive(in.clear());
                heard(in.flip());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException e) {
                System.err.println("schiltron: modes: " + e); // the next word says it again
            }
        }
    }

    private synchronized void heard(ByteBuffer in) {
        for (Following service : services) {
            ModeWord word = ModeWord.decode(service.file.secret(), in);
            if (word == null || !word.service().equals(service.file.service()))
                continue;
            if (word.isNews(service.lastMs, System.currentTimeMillis()))
                follow(service, word);
            else
                refused++;
            return;
        }
        refused++;
    }

    private void follow(Following service, ModeWord word) {
        service.lastMs = word.epochMs();
        if (word.mode() == service.mode && (word.mode() == ServiceMode.NORMAL || word.secure() == service.which))
            return;
        service.mode = word.mode();
        service.which = word.secure();
        onMode.accept(service.file.service(), word.mode()); // legs that are opened next go by its route
        agility.move(service.file.service(), service.file.at(word.mode(), word.secure()),
                Duration.ofMillis(service.file.overlapMs()));
    }

    synchronized void report(ArrayNode list) {
        for (Following service : services)
            list.addObject().put("service", service.file.service())
                    .put("mode", service.mode.name().toLowerCase(Locale.ROOT))
                    .put("address", Addresses.toText(service.file.at(service.mode, service.which)))
                    .put("heard", service.lastMs >= 0).put("refusedWords", refused);
    }

    @Override
    public void close() {
        try {
            socket.close();
            thread.join();
        } catch (IOException e) {
            // nothing is left to be done with it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
