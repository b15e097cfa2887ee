package org.schiltron.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.schiltron.filter.NftObject.Kind;

/**
 * The difference between two rule sets of one name, as a script for {@code nft -f -}: one transaction that touches what differs. What it does not name keeps its
 * counters and limits; so does a rule that changes, as long as its name and its limit stay.
 *
 * <p>Sets and chains whose contents differ are emptied and filled again; they are short ({@link NftTable}). Deleting and adding single
 * elements would be less for the kernel, but nft (1.0.6) reads all sets of the table for that: 100 s where there is one of a million.
 */
public final class NftChange {
    private NftChange() {
    }

    /** @return empty if there is none */
    public static String between(NftScript now, NftScript next) {
        if (!now.table().equals(next.table()))
            throw new IllegalArgumentException(now.table() + " is not " + next.table());
        Map<String, NftObject> before = now.objects();
        Map<String, NftObject> after = next.objects();
        List<NftObject> gone = new ArrayList<>();
        List<NftObject> emptied = new ArrayList<>();
        for (NftObject object : before.values()) {
            NftObject other = after.get(object.key());
            if (other == null)
                gone.add(object);
            if (object.kind().isFilled() && (other == null || !object.fillsAs(other)))
                emptied.add(object);
        }
        List<NftObject> filled = new ArrayList<>();
        for (NftObject object : after.values()) {
            NftObject other = before.get(object.key());
            if (other == null || (object.kind().isFilled() && !object.fillsAs(other)))
                filled.add(object);
        }
        if (gone.isEmpty() && filled.isEmpty())
            return "";
        StringBuilder text = new StringBuilder();
        // Chains first: they hold the sets. Then sets and maps, which hold chains. Then nothing holds anything.
        for (Kind kind : List.of(Kind.CHAIN, Kind.SET, Kind.MAP))
            command(text, "flush", kind, emptied, now);
        for (Kind kind : List.of(Kind.MAP, Kind.SET, Kind.LIMIT, Kind.COUNTER, Kind.CHAIN))
            command(text, "delete", kind, gone, now);
        next.write(text, filled);
        return text.toString();
    }

    private static void command(StringBuilder text, String verb, Kind kind, List<NftObject> objects, NftScript script) {
        for (NftObject object : objects) {
            if (object.kind() == kind)
                text.append(verb).append(' ').append(kind.word()).append(" inet ").append(script.table()).append(' ')
                        .append(object.name()).append('\n');
        }
    }
}
