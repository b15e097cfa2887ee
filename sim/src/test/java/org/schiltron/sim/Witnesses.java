package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.schiltron.machine.Path;
import org.schiltron.machine.SipHash;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Data;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Get;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/** What must hold at each kind of host, whatever anyone else does. */
final class Witnesses {
    private static final int REMEMBERED = 200_000;

    private Witnesses() {
    }

    /** A nonce or an image, at a mailbox. */
    private record Key(Path mailbox, long high, long low) {
    }

    private static <K> void remember(Map<K, Integer> counts, K key) {
        counts.merge(key, 1, Integer::sum);
        if (counts.size() > REMEMBERED)
            counts.remove(counts.keySet().iterator().next());
    }

    private static <K> boolean take(Map<K, Integer> counts, K key) {
        Integer left = counts.get(key);
        if (left == null)
            return false;
        if (left == 1)
            counts.remove(key);
        else
            counts.put(key, left - 1);
        return true;
    }

    /**
     * Of a mailbox: to an address that has not shown a cookie given to it goes nothing but one COOKIE for each
     * COOKIE_REQUEST.
     */
    static final class AtMailbox implements Observed.Witness {
        private final Map<Path, Integer> requests = new LinkedHashMap<>();
        private final Map<Path, Set<Long>> given = new LinkedHashMap<>();
        private final Set<Path> proved = new LinkedHashSet<>();

        @Override
        public void got(long nowNs, Path from, MemorySegment s, long at, int length) {
            if (Wire.checkHeader(s, at, length) != null)
                return;
            switch (Wire.type(s, at)) {
                case Wire.COOKIE_REQUEST -> remember(requests, from.copy());
                case Wire.GET, Wire.POST -> {
                    if (length > 16 && given.getOrDefault(from, Set.of()).contains(Wire.getLong(s, at + 8)))
                        proved.add(from.copy());
                }
                default -> {
                }
            }
        }

        @Override
        public void sent(Path to, MemorySegment s, long at, int length) {
            if (Wire.type(s, at) == Wire.COOKIE) {
                if (!take(requests, to) || length > CookieRequest.LENGTH)
                    throw new AssertionError("COOKIE to " + to + " which asked for none");
                given.computeIfAbsent(to.copy(), path -> new LinkedHashSet<>()).add(Cookie.cookie(s, at));
            } else if (!proved.contains(to)) {
                throw new AssertionError("type " + Wire.type(s, at) + " to unproved " + to);
            }
        }
    }

    /** Of a ring node: nothing passes in that was not requested at that mailbox, and once for each request. */
    static final class AtRing implements Observed.Witness {
        private final Path own;
        private final Map<Key, Integer> requested = new LinkedHashMap<>();
        private final Path mailbox = new Path();

        AtRing(Path own) {
            this.own = own;
        }

        @Override
        public void got(long nowNs, Path from, MemorySegment s, long at, int length) {
            // what counts is what it lets pass
        }

        @Override
        public void sent(Path to, MemorySegment s, long at, int length) {
            if (to.sameAddress(own))
                throw new AssertionError("a ring node that sends to itself");
            switch (Wire.type(s, at)) {
                case Wire.COOKIE_REQUEST -> ask(to, Wire.getLong(s, at + 8), Wire.getLong(s, at + 16));
                case Wire.GET -> {
                    for (int i = 0; i < Get.count(length); i++)
                        ask(to, Get.imageHigh(s, at, i), Get.imageLow(s, at, i));
                }
                case Wire.POST -> {
                    for (int i = 0; i < Post.count(length); i++)
                        ask(to, Post.nonceHigh(s, at, i), Post.nonceLow(s, at, i));
                }
                case Wire.IN -> {
                    Envelope.mailbox(s, at, 0, mailbox);
                    long inner = at + Envelope.INNER;
                    long high = Data.nonceHigh(s, inner);
                    long low = Data.nonceLow(s, inner);
                    boolean data = Wire.type(s, inner) == Wire.DATA;
                    Key key = data
                            ? new Key(mailbox.copy(), SipHash.imageHigh(high, low), SipHash.imageLow(high, low))
                            : new Key(mailbox.copy(), high, low);
                    if (!take(requested, key))
                        throw new AssertionError("type " + Wire.type(s, inner) + " from " + mailbox
                                + " passed unrequested");
                }
                default -> {
                }
            }
        }

        private void ask(Path at, long high, long low) {
            remember(requested, new Key(at.copy(), high, low));
        }
    }

    /** Of an endpoint: it sends to these addresses and to no other. */
    static final class AtEndpoint implements Observed.Witness {
        private final Set<Path> allowed = new LinkedHashSet<>();

        AtEndpoint(Iterable<Path> allowed) {
            for (Path path : allowed)
                this.allowed.add(path.copy());
        }

        @Override
        public void got(long nowNs, Path from, MemorySegment s, long at, int length) {
            // anyone may send to it
        }

        @Override
        public void sent(Path to, MemorySegment s, long at, int length) {
            if (!allowed.contains(to))
                throw new AssertionError("an endpoint sends to " + to);
            if (length > Wire.MAX_DATAGRAM)
                throw new AssertionError("a datagram of " + length + " bytes");
        }
    }
}
