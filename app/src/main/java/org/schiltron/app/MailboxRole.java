package org.schiltron.app;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.schiltron.host.Addresses;
import org.schiltron.host.Entropy;
import org.schiltron.host.MachineLoop;
import org.schiltron.host.ShardedLoops;
import org.schiltron.host.UdpOptions;
import org.schiltron.host.UdpSockets;
import org.schiltron.machine.Counters;
import org.schiltron.machine.SipHash;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.swarm.MailboxEvent;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A running mailbox. */
final class MailboxRole implements Part {
    private final String instance;
    private final MailboxConfig config;
    private final Mailbox mailbox;
    private final MachineLoop<Mailbox, MailboxEvent> loop;

    private MailboxRole(String instance, MailboxConfig config, Mailbox mailbox,
            MachineLoop<Mailbox, MailboxEvent> loop) {
        this.instance = instance;
        this.config = config;
        this.mailbox = mailbox;
        this.loop = loop;
    }

    /** One machine behind the sockets. */
    static MailboxRole start(RoleProcess process, String instance, MailboxConfig config, UdpOptions options,
            List<InetSocketAddress> listen) {
        UdpSockets sockets = UdpSettings.bind(options, listen);
        Mailbox mailbox = new Mailbox(config, new Entropy());
        MailboxRole role = new MailboxRole(instance, config, mailbox,
                MachineLoop.start("mailbox-" + instance, sockets, mailbox, options, _ -> {
                }));
        return process.add(role, role.loop.stopped());
    }

    /** As many machines as {@code config.shards()} says, behind the same addresses. */
    static List<MailboxRole> startShards(RoleProcess process, MailboxConfig config, UdpOptions options,
            List<InetSocketAddress> listen) {
        if (config.shards() == 1)
            return List.of(start(process, "0", config, options, listen));
        Entropy random = new Entropy();
        SipHash cookieSecret = new SipHash(random.nextLong(), random.nextLong());
        List<Mailbox> mailboxes = Stream.generate(() -> new Mailbox(config, random, cookieSecret))
                .limit(config.shards()).toList();
        ShardedLoops<Mailbox, MailboxEvent> group = ShardedLoops.start("mailbox",
                UdpSettings.bindShards(options, config.shards(), listen), mailboxes::get, options, _ -> {
                });
        List<MailboxRole> roles = new ArrayList<>();
        for (int i = 0; i < mailboxes.size(); i++) {
            MachineLoop<Mailbox, MailboxEvent> loop = group.loops().get(i);
            roles.add(process.add(new MailboxRole(Integer.toString(i), config, mailboxes.get(i), loop),
                    loop.stopped()));
        }
        return roles;
    }

    List<InetSocketAddress> addresses() {
        UdpSockets sockets = loop.sockets();
        return IntStream.range(0, sockets.count()).mapToObj(sockets::localAddress).toList();
    }

    @Override
    public String role() {
        return "mailbox";
    }

    @Override
    public String instance() {
        return instance;
    }

    @Override
    public Counters counters() {
        return mailbox.counters();
    }

    @Override
    public UdpSockets sockets() {
        return loop.sockets();
    }

    @Override
    public void measure(Metrics metrics) {
        metrics.gauge("schiltron_mailbox_gets", "gets that wait", instance, mailbox::gets);
        metrics.gauge("schiltron_mailbox_stored_packets", "packets that wait", instance, mailbox::storedPackets);
        metrics.gauge("schiltron_mailbox_stored_bytes", "what they take of the store", instance,
                () -> (double) mailbox.storedBytes());
        metrics.gauge("schiltron_mailbox_owners", "proved addresses known", instance, mailbox::owners);
        metrics.gauge("schiltron_mailbox_services", "services that may be said hello to", instance, mailbox::services);
        metrics.gauge("schiltron_mailbox_congested", "1 while data is marked as congested", instance,
                () -> mailbox.congested() ? 1 : 0);
    }

    @Override
    public void report(ObjectNode status) {
        ArrayNode listen = status.putArray("listen");
        addresses().forEach(address -> listen.add(Addresses.toText(address)));
        Part.answer(loop.query((machine, _) -> status.put("gets", machine.gets())
                .put("storedPackets", machine.storedPackets()).put("storedBytes", machine.storedBytes())
                .put("owners", machine.owners()).put("services", machine.services())
                .put("firstContacts", machine.firstContacts()).put("congested", machine.congested())));
        status.put("memoryBytes", config.memoryBytes());
    }

    @Override
    public void close() {
        loop.close();
    }
}
