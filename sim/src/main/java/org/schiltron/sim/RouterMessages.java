package org.schiltron.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;

/** What routers say themselves, by ICMP: what became of whole packets, and that they are there. One id counter a router. */
final class RouterMessages {
    private static final int MAX_PACKET = 1 << 16;

    private final Network network;
    private final PacketStore store;
    private final Routing routing;
    private final MemorySegment written = Arena.ofAuto().allocate(MAX_PACKET);
    private final Path asker = new Path();
    private final Path asked = new Path();

    RouterMessages(Network network, PacketStore store, Routing routing) {
        this.network = network;
        this.store = store;
        this.routing = routing;
    }

    /** Tells the sender of a whole packet what became of it. */
    void error(int packet, int router, IcmpError error, int mtu) {
        if (!store.isPacket(packet)
                || !IcmpError.isAnswered(store.segment(packet), store.offset(packet), store.length(packet)))
            return;
        store.source(packet, asker, 0);
        Path own = own(router);
        if (own != null)
            say(router, own, error.answer(written, own, asker, store.segment(packet), store.offset(packet),
                    store.length(packet), mtu));
    }

    /** Answers a whole packet that is for the router itself, if it is a ping. */
    void echo(int packet, int router) {
        store.source(packet, asker, 0);
        store.destination(packet, asked);
        asked.set(0, asked.addressHigh(), asked.addressLow(), 0);
        int length = IcmpEcho.answer(written, asked, asker, store.segment(packet), store.offset(packet),
                store.length(packet));
        if (length != IcmpEcho.NONE && own(router) != null)
            say(router, asked, length);
    }

    /** From which to answer the asker now, or null. */
    private @Nullable Path own(int router) {
        return routing.router(router).answersFrom(network.nowNs(), asker.isIpv4());
    }

    private void say(int router, Path from, int length) {
        routing.router(router).ids().stamp(written, 0, length);
        network.say(router, from, asker, written, length);
    }
}
