package org.schiltron.app;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Rules under which a service's host answers nobody but its ring nodes: for the host itself, and for whoever stands
 * upstream of its link, where they count.
 */
final class SilentRules {
    private SilentRules() {
    }

    /** For {@code nft -f}. Silent: what is dropped gets no answer that would tell a prober it found something. */
    static String nftables(List<InetSocketAddress> rings) {
        StringBuilder text = new StringBuilder("""
                # Schiltron: a host that answers nobody but its ring nodes. Load with: nft -f FILE
                # Keep a way in of your own first (console, or a management network): fill in ADMIN.
                table inet schiltron {
                    chain input {
                        type filter hook input priority -10; policy drop;
                        iif lo accept
                """);
        for (InetSocketAddress ring : rings)
            text.append("        ").append(family(ring)).append(" saddr ").append(ring.getAddress().getHostAddress())
                    .append(" udp sport ").append(ring.getPort()).append(" accept\n");
        return text.append("""
                        # ip saddr ADMIN tcp dport 22 accept
                        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept
                        icmpv6 type packet-too-big accept
                        icmp type destination-unreachable icmp code frag-needed accept
                        # Answers to what this host asked of others (DNS, updates): delete the line if it asks nobody.
                        ct state established,related accept
                    }
                    chain output {
                        type filter hook output priority -10; policy accept;
                        oif lo accept
                        # No refusal tells a prober that somebody is here.
                        icmp type { echo-reply, destination-unreachable } drop
                        icmpv6 type { echo-reply, destination-unreachable } drop
                        tcp flags & (rst | ack) == rst | ack ct state invalid drop
                    }
                }
                """).toString();
    }

    /** In words any provider's access list can be written from. */
    static String accessList(List<InetSocketAddress> rings) {
        StringBuilder text = new StringBuilder(
                """
                        ! Access list for the link to the service's new address, to be put in place by the provider,
                        ! upstream of the link. THIS-HOST is that address. Order matters; no answer to what is denied.
                        ! Nothing else comes in: permit what this host asks of others (DNS, updates), or let it ask by another way.
                        """);
        for (InetSocketAddress ring : rings)
            text.append("permit udp host ").append(ring.getAddress().getHostAddress()).append(" eq ")
                    .append(ring.getPort()).append(" host THIS-HOST\n");
        return text.append("deny   ip any host THIS-HOST\n").toString();
    }

    private static String family(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address ? "ip" : "ip6";
    }
}
