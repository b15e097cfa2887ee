package org.schiltron.internet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What a graph must not have: two statements about one link, circles of providers (routing would not be defined:
 * everyone would be the customer of his customer), more than a tenth of the ASes apart from the rest.
 */
final class GraphCheck {
    private static final int SHOWN = 8;

    private final String file;
    private final AsGraph graph;
    private final LinkList links;

    GraphCheck(String file, AsGraph graph, LinkList links) {
        this.file = file;
        this.graph = graph;
        this.links = links;
    }

    /** The number of ASes outside the largest connected part. */
    int check() throws BadDataException {
        noLinkTwice();
        noProviderCircle();
        return apart();
    }

    private void noLinkTwice() throws BadDataException {
        int[] seenFrom = new int[graph.size()];
        int[] seenSlot = new int[graph.size()];
        Arrays.fill(seenFrom, -1);
        for (int u = 0; u < graph.size(); u++)
            for (int i = 0; i < graph.degree(u); i++) {
                int slot = graph.slot(u, i);
                int v = graph.to[slot];
                if (seenFrom[v] == u)
                    throw twice(graph.link[seenSlot[v]], graph.link[slot]);
                seenFrom[v] = u;
                seenSlot[v] = slot;
            }
    }

    private BadDataException twice(int one, int other) {
        int early = links.line(one) < links.line(other) ? one : other;
        int late = early == one ? other : one;
        boolean same = links.isPeer(early) == links.isPeer(late)
                && (links.isPeer(early) || links.first(early) == links.first(late));
        return new BadDataException(file, links.line(late), "the link " + words(late)
                + (same
                        ? " stands in line " + links.line(early) + " already"
                        : " contradicts line " + links.line(early) + ", " + words(early)));
    }

    private String words(int link) {
        return "AS" + Integer.toUnsignedString(links.first(link))
                + (links.isPeer(link) ? " peer of AS" : " provider of AS")
                + Integer.toUnsignedString(links.second(link));
    }

    private void noProviderCircle() throws BadDataException {
        int[] waiting = new int[graph.size()];
        int[] queue = new int[graph.size()];
        int tail = 0;
        for (int u = 0; u < graph.size(); u++) {
            waiting[u] = graph.providerCount(u);
            if (waiting[u] == 0)
                queue[tail++] = u;
        }
        for (int head = 0; head < tail; head++) {
            int u = queue[head];
            for (int slot = graph.customer[u]; slot < graph.customer[u + 1]; slot++)
                if (--waiting[graph.to[slot]] == 0)
                    queue[tail++] = graph.to[slot];
        }
        if (tail < graph.size())
            throw circle(waiting);
    }

    /** Up from an AS that still waits there is always a provider that waits: the walk must meet itself. */
    private BadDataException circle(int[] waiting) {
        int at = 0;
        while (waiting[at] == 0)
            at++;
        int[] place = new int[graph.size()];
        Arrays.fill(place, -1);
        List<Integer> walk = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        while (place[at] < 0) {
            place[at] = walk.size();
            walk.add(at);
            int slot = graph.provider[at];
            while (waiting[graph.to[slot]] == 0)
                slot++;
            lines.add(links.line(graph.link[slot]));
            at = graph.to[slot];
        }
        List<Integer> circle = walk.subList(place[at], walk.size());
        StringBuilder words = new StringBuilder();
        for (int u : circle.subList(0, Math.min(SHOWN, circle.size())))
            words.append("AS").append(graph.asn(u)).append(" buys from ");
        words.append(circle.size() > SHOWN ? "... " : "").append("AS").append(graph.asn(at));
        return new BadDataException(file, Collections.max(lines.subList(place[at], lines.size())),
                "closes a circle of providers: " + words);
    }

    private int apart() throws BadDataException {
        int[] part = new int[graph.size()];
        int[] queue = new int[graph.size()];
        int largest = 0;
        int parts = 0;
        int stray = 0;
        for (int root = 0; root < graph.size(); root++) {
            if (part[root] != 0)
                continue;
            int tail = 0;
            part[root] = ++parts;
            queue[tail++] = root;
            for (int head = 0; head < tail; head++) {
                int u = queue[head];
                for (int i = 0; i < graph.degree(u); i++) {
                    int v = graph.to[graph.slot(u, i)];
                    if (part[v] == 0) {
                        part[v] = parts;
                        queue[tail++] = v;
                    }
                }
            }
            if (tail > largest)
                largest = tail;
            else
                stray = root;
        }
        if (10L * largest < 9L * graph.size())
            throw new BadDataException(file, links.line(graph.link[graph.slot(stray, 0)]),
                    "the graph falls apart: of " + graph.size() + " ASes the largest connected part has " + largest
                            + ", and AS" + graph.asn(stray) + " here is in another");
        return graph.size() - largest;
    }
}
