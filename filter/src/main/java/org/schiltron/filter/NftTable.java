package org.schiltron.filter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.schiltron.filter.NftObject.Kind;

/**
 * The parts of a table, and how one finds an address among many.
 *
 * <p><b>Large tables are cut</b> into shards of {@value #SHARD} elements or a few more, because a set is filled again when one of its elements changes (nft 1.0.6
 * reads every set of the table when it is told to delete an element, and the kernel takes the square of their size for that). Where they are cut follows from
 * the elements themselves, not from how many come before: so one element more or less concerns one shard.
 */
final class NftTable {
    static final int SHARD = 4_096;
    private static final int MAX_SHARD = 4 * SHARD;

    private final Map<String, NftObject> objects = new LinkedHashMap<>();

    /** Addresses, and the chain they lead to. */
    record Entry(Span span, String chain) {
    }

    NftObject add(Kind kind, String name, String comment, String head, List<String> contents) {
        NftObject object = new NftObject(kind, name, comment, head, List.copyOf(contents));
        NftObject other = objects.putIfAbsent(object.key(), object);
        if (other != null)
            throw new IllegalStateException("two of " + object.key());
        return object;
    }

    Map<String, NftObject> objects() {
        return objects;
    }

    /** A set of addresses; its name. */
    String set(String name, String comment, boolean ipv4, List<Span> spans) {
        add(Kind.SET, name, comment, "type " + type(ipv4) + "; flags interval",
                spans.stream().map(span -> span.text(ipv4)).toList());
        return name;
    }

    /** A set that several rules have; its name. */
    String shared(String name, String head, List<String> elements) {
        NftObject object = new NftObject(Kind.SET, name, "", head, elements);
        objects.putIfAbsent(object.key(), object);
        return name;
    }

    /**
     * Finds what chain an address leads to.
     *
     * @param what    of the packet, such as {@code ip saddr}
     * @param entries in the order of their addresses, none in two
     * @return the line that jumps there, and comes back from there
     */
    String lookUp(String name, String comment, String what, boolean ipv4, List<Entry> entries) {
        if (entries.size() <= MAX_SHARD)
            return shard(name, comment, what, ipv4, entries);
        List<Entry> shards = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= entries.size(); i++) {
            if (i < entries.size() && i - from < MAX_SHARD && !isCut(entries.get(i).span))
                continue;
            Span first = entries.get(from).span;
            Span last = entries.get(i - 1).span;
            String part = name + "_" + first.firstWord(ipv4);
            add(Kind.CHAIN, part, comment, "", List.of(shard(part, comment, what, ipv4, entries.subList(from, i))));
            shards.add(new Entry(new Span(first.firstHigh(), first.firstLow(), last.lastHigh(), last.lastLow()), part));
            from = i;
        }
        return map(name, comment, what, ipv4, shards);
    }

    private static boolean isCut(Span span) {
        long mixed = (span.firstHigh() * 31 + span.firstLow()) * 0x9e37_79b9_7f4a_7c15L;
        return (mixed >>> 40) % SHARD == 0;
    }

    /** Where all lead to one chain, a set is shorter than a map. */
    private String shard(String name, String comment, String what, boolean ipv4, List<Entry> entries) {
        String chain = entries.getFirst().chain;
        if (!entries.stream().allMatch(entry -> entry.chain.equals(chain)))
            return map(name, comment, what, ipv4, entries);
        return what + " @" + set(name, comment, ipv4, entries.stream().map(Entry::span).toList()) + " jump " + chain;
    }

    private String map(String name, String comment, String what, boolean ipv4, List<Entry> entries) {
        add(Kind.MAP, name, comment, "type " + type(ipv4) + " : verdict; flags interval",
                entries.stream().map(entry -> entry.span.text(ipv4) + " : jump " + entry.chain).toList());
        return what + " vmap @" + name;
    }

    private static String type(boolean ipv4) {
        return ipv4 ? "ipv4_addr" : "ipv6_addr";
    }
}
