package org.schiltron.filter;

import java.util.ArrayList;
import java.util.List;
import org.schiltron.filter.NftObject.Kind;

/** The part of a table that keeps things from those who probe. What the machine itself sends passes no prerouting, so it has a hook of its own. */
final class NftHiding {
    private static final String LEAVING = "leaving";
    /**
     * nft (1.0.6) turns all four bytes of the number into network order and then writes the first two, so those have to be drawn too.
     */
    private static final String RANDOM_ID = "ip id set numgen random mod 4294967295";

    private final NftTable table;
    private final RuleSet set;

    NftHiding(NftTable table, RuleSet set) {
        this.table = table;
        this.set = set;
    }

    /** What the hook does before it looks whom a packet is for. */
    List<String> lines() {
        List<String> hooked = new ArrayList<>();
        if (set.hides().equals(Hiding.NOTHING))
            return hooked;
        List<String> leaving = new ArrayList<>();
        if (set.hides().ids()) {
            table.set("behind4", "", true, Span.of(set.hides().behind(set.protects()), true));
            leaving.add("ip saddr @behind4 ip frag-off & 0x3fff == 0 ip protocol != 51 " + RANDOM_ID);
        }
        if (set.hides().hops()) {
            hops();
            leaving.add("meta l4proto { icmp, icmpv6 } jump hops");
        }
        table.add(Kind.CHAIN, LEAVING, "", "", leaving);
        table.add(Kind.CHAIN, "output", "", "type filter hook output priority -450; policy accept;",
                List.of("jump " + LEAVING));
        hooked.add("jump " + LEAVING);
        if (set.hides().hops())
            hooked.addAll(List.of("ip daddr @protects4 ip ttl 0-1 goto time_exceeded",
                    "ip6 daddr @protects6 ip6 hoplimit 0-1 goto time_exceeded"));
        return hooked;
    }

    /** The destination in the header that a message quotes, behind its own 8 bytes. */
    private void hops() {
        List<String> lines = new ArrayList<>(List.of("# later fragments have no header",
                "ip frag-off & 0x1fff != 0 return", "frag frag-off != 0 return"));
        for (boolean ipv4 : new boolean[]{true, false}) {
            List<Span> spans = Span.of(set.protects(), ipv4);
            if (spans.isEmpty())
                continue;
            String place = ipv4 ? "@th,192,32" : "@th,256,128";
            String name = "quoted" + (ipv4 ? "4" : "6");
            table.add(Kind.SET, name, "", "typeof " + place + "; flags interval",
                    spans.stream().map(span -> span.hexadecimal(ipv4)).toList());
            lines.add((ipv4 ? "meta nfproto ipv4 icmp" : "meta nfproto ipv6 icmpv6") + " type time-exceeded " + place
                    + " @" + name + " goto time_exceeded");
        }
        table.add(Kind.CHAIN, "hops", "", "", lines);
    }
}
