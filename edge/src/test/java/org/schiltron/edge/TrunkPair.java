package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.RandomSource;

/** Two trunks over a connection that cuts the bytes at random places. */
final class TrunkPair {
    static final Overlay OVERLAY = Overlay.of(3);

    final Trunk opener;
    final Trunk acceptor;
    final List<TrunkEvent> openerEvents = new ArrayList<>();
    final List<TrunkEvent> acceptorEvents = new ArrayList<>();
    private final RandomSource random;
    private final byte[] buffer = new byte[Trunk.MAX_TAKE];
    long nowNs = 1_000_000_000_000L;

    TrunkPair(RandomSource random, TrunkConfig openerConfig, TrunkConfig acceptorConfig) {
        this.random = random;
        opener = Trunk.opener(openerConfig, OVERLAY.identity(0), OVERLAY.node(1), random, nowNs);
        acceptor = Trunk.acceptor(acceptorConfig, OVERLAY.identity(1), OVERLAY.list, random, nowNs);
    }

    /** Through the handshake. */
    static TrunkPair open(RandomSource random, TrunkConfig config) {
        TrunkPair pair = new TrunkPair(random, config, config);
        pair.pump();
        if (config.cellsPerSecond() > 0)
            pair.pass(1_000_000_000L / config.cellsPerSecond());
        assertThat(pair.opener.isOpen()).isTrue();
        assertThat(pair.acceptor.isOpen()).isTrue();
        pair.openerEvents.clear();
        pair.acceptorEvents.clear();
        return pair;
    }

    /** Moves what both have to say until neither has anything. Returns how many bytes. */
    long pump() {
        long moved = 0;
        for (long before = -1; before != moved;) {
            before = moved;
            moved += move(opener, acceptor) + move(acceptor, opener);
            drain();
        }
        return moved;
    }

    /** One record, at most, from one to the other. */
    int move(Trunk from, Trunk to) {
        int length = from.take(nowNs, buffer, 0);
        for (int at = 0; at < length;) {
            int part = Math.min(length - at, 1 + random.nextInt(random.nextInt(4) == 0 ? 10 : 20_000));
            to.onBytes(nowNs, buffer, at, part);
            at += part;
        }
        return length;
    }

    /** Lets time pass from deadline to deadline. */
    void pass(long ns) {
        long end = nowNs + ns;
        while (true) {
            long next = Math.min(opener.nextDeadlineNs(), acceptor.nextDeadlineNs());
            if (next > end)
                break;
            nowNs = Math.max(nowNs, next);
            opener.onTimer(nowNs);
            acceptor.onTimer(nowNs);
            pump();
        }
        nowNs = end;
        pump();
    }

    void drain() {
        drain(opener, openerEvents);
        drain(acceptor, acceptorEvents);
    }

    private static void drain(Trunk trunk, List<TrunkEvent> into) {
        for (TrunkEvent event = trunk.pollEvent(); event != null; event = trunk.pollEvent())
            into.add(event);
    }

    /** The first event of that kind, taken out. */
    static <E extends TrunkEvent> E next(List<TrunkEvent> events, Class<E> kind) {
        E found = find(events, kind);
        assertThat(found).as("%s among %s", kind.getSimpleName(), events).isNotNull();
        events.remove(found);
        return Objects.requireNonNull(found);
    }

    static <E extends TrunkEvent> @Nullable E find(List<TrunkEvent> events, Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).findFirst().orElse(null);
    }

    /** A stream from the opener, known at both ends. */
    int stream() {
        int stream = opener.openStream(new byte[]{1});
        assertThat(stream).isPositive();
        pump();
        return stream;
    }
}
