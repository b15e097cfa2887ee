package org.schiltron.app;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.schiltron.host.Entropy;
import org.schiltron.host.UdpOptions;
import org.schiltron.host.UdpSockets;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.ring.RingConfig;
import org.schiltron.swarm.MailboxConfig;

/**
 * A whole swarm in one process on loopback, so that the first try needs nothing else. It shares the fate of the process
 * it runs in, and so protects nothing by itself.
 */
record EmbeddedSwarm(List<InetSocketAddress> mailboxes, List<RingRole> rings) {
    static final int MAILBOXES = 20;
    static final int RINGS = 4;

    /** Everyone is one address here, so no share and no quota by address makes sense. About 6 MB each. */
    private static final MailboxConfig MAILBOX = MailboxConfig.builder(50_000_000).storeSeconds(0.05).maxGets(16_384)
            .maxOwners(4_096).maxServices(64).addressShare(1).prefixShare(1).hellosPerSecondPerAddress(1_000)
            .helloBurst(1_000).build();

    /** Runs until the process ends. Only {@code customer} may enrol. */
    static EmbeddedSwarm start(RoleProcess process, UdpOptions options, PublicKey customer) {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        List<InetSocketAddress> mailboxes = new ArrayList<>();
        for (int i = 0; i < MAILBOXES; i++)
            mailboxes.addAll(
                    MailboxRole.start(process, Integer.toString(i), MAILBOX, options, List.of(any)).addresses());
        List<RingRole> rings = new ArrayList<>();
        for (int i = 0; i < RINGS; i++) {
            UdpSockets sockets = UdpSettings.bind(options, List.of(any));
            RingConfig config = RingConfig.defaults().withCustomers(List.of(customer)).withAllowPrivate(true)
                    .withOwn(RingSettings.own(sockets.localAddress(0)));
            rings.add(RingRole.start(process, Integer.toString(i), Identity.generate(new Entropy()), config, options,
                    sockets, _ -> {
                    }));
        }
        return new EmbeddedSwarm(mailboxes, rings);
    }
}
