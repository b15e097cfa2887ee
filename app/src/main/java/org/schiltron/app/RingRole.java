package org.schiltron.app;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.schiltron.host.Addresses;
import org.schiltron.host.Entropy;
import org.schiltron.host.MachineLoop;
import org.schiltron.host.MonotonicClock;
import org.schiltron.host.UdpOptions;
import org.schiltron.host.UdpSockets;
import org.schiltron.machine.Counters;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.ring.CustomerKeys;
import org.schiltron.ring.LineNonceFilter;
import org.schiltron.ring.NonceFilter;
import org.schiltron.ring.RingConfig;
import org.schiltron.ring.RingEvent;
import org.schiltron.ring.RingNode;
import tools.jackson.databind.node.ObjectNode;

/** A running ring node. */
final class RingRole implements Part {
    /** Of a filter, for each request it remembers: enough that one in 10,000 legitimate answers is lost. */
    private static final int FILTER_BYTES_PER_REQUEST = 4;

    private final String instance;
    private final RingNode node;
    private final Identity identity;
    private final MachineLoop<RingNode, RingEvent> loop;

    private RingRole(String instance, Identity identity, RingConfig config, UdpOptions options, UdpSockets sockets,
            Consumer<RingEvent> events) {
        this.instance = instance;
        this.identity = identity;
        node = new RingNode(MonotonicClock.nowNs(), identity, config, RingRole::filter, new Entropy());
        loop = MachineLoop.start("ring-" + instance, sockets, node, options, events);
    }

    private static NonceFilter filter(int requests) {
        return LineNonceFilter.create((long) requests * FILTER_BYTES_PER_REQUEST, Arena.ofAuto());
    }

    /**
     * @param sockets bound; the loop's from now on
     * @param events  called on the loop's thread
     */
    static RingRole start(RoleProcess process, String instance, Identity identity, RingConfig config,
            UdpOptions options, UdpSockets sockets, Consumer<RingEvent> events) {
        RingRole role = new RingRole(instance, identity, config, options, sockets, events);
        return process.add(role, role.loop.stopped());
    }

    InetSocketAddress address() {
        return loop.sockets().localAddress(0);
    }

    PublicKey key() {
        return identity.publicKey();
    }

    /** These may enrol from now on, and no others. */
    void setCustomers(List<PublicKey> customers) {
        CustomerKeys keys = CustomerKeys.of(identity, customers); // on this thread, not the loop's
        Part.answer(loop.query((machine, nowNs) -> {
            machine.setCustomers(nowNs, keys);
            return keys;
        }));
    }

    @Override
    public String role() {
        return "ring";
    }

    @Override
    public String instance() {
        return instance;
    }

    @Override
    public Counters counters() {
        return node.counters();
    }

    @Override
    public UdpSockets sockets() {
        return loop.sockets();
    }

    @Override
    public void measure(Metrics metrics) {
        metrics.gauge("schiltron_ring_processes", "customers' processes enrolled", instance, node::customers);
    }

    @Override
    public void report(ObjectNode status) {
        status.put("listen", Addresses.toText(address())).put("publicKey", key().text());
        Part.answer(loop.query((machine, _) -> status.put("customers", machine.listed())
                .put("processes", machine.customers()).put("filterBytes", machine.filterBytes())));
    }

    @Override
    public void close() {
        loop.close();
    }
}
