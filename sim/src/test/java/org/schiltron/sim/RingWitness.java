package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.schiltron.machine.Path;
import org.schiltron.machine.SipHash;
import org.schiltron.wire.Data;
import org.schiltron.wire.Enrol;
import org.schiltron.wire.EnrolChallenge;
import org.schiltron.wire.EnrolRequest;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Get;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/**
 * Of a ring node: nothing passes in that was not requested at that mailbox, and once for each request; whoever has not
 * shown the cookie given to it gets one ENROL_CHALLENGE for each ENROL_REQUEST, no longer than it, and nothing else.
 */
final class RingWitness implements Observed.Witness {
    /** A nonce or an image, at a mailbox. */
    private record Key(Path mailbox, long high, long low) {
    }

    private final Path own;
    private final Tally<Key> requested = new Tally<>();
    private final Tally<Path> challenges = new Tally<>();
    private final Map<Path, Set<Long>> given = new LinkedHashMap<>();
    private final Set<Path> proved = new LinkedHashSet<>();
    private final Set<Path> customers = new LinkedHashSet<>(); // who has sent an OUT or a PING
    private final Path mailbox = new Path();

    RingWitness(Path own) {
        this.own = own;
    }

    @Override
    public void got(long nowNs, Path from, MemorySegment s, long at, int length) {
        if (Wire.checkHeader(s, at, length) != null)
            return;
        switch (Wire.type(s, at)) {
            case Wire.ENROL_REQUEST -> challenges.add(from.copy());
            case Wire.ENROL -> {
                if (length == Enrol.LENGTH && given.getOrDefault(from, Set.of()).contains(Enrol.cookie(s, at)))
                    proved.add(from.copy());
            }
            case Wire.OUT, Wire.PING -> {
                if (!customers.contains(from))
                    customers.add(from.copy());
            }
            default -> {
            }
        }
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
                for (int i = 0; i < Post.count(s, at); i++)
                    ask(to, Post.nonceHigh(s, at, i), Post.nonceLow(s, at, i));
            }
            case Wire.IN -> in(to, s, at);
            case Wire.PONG -> {
                if (!customers.contains(to))
                    throw new AssertionError("PONG to " + to + " which has sent no PING");
            }
            case Wire.ENROL_CHALLENGE -> {
                if (!challenges.take(to) || length > EnrolRequest.LENGTH)
                    throw new AssertionError("ENROL_CHALLENGE to " + to + " which asked for none");
                given.computeIfAbsent(to.copy(), path -> new LinkedHashSet<>()).add(EnrolChallenge.cookie(s, at));
            }
            case Wire.ENROLLED -> {
                if (!proved.contains(to))
                    throw new AssertionError("ENROLLED to unproved " + to);
            }
            default -> {
            }
        }
    }

    private void in(Path to, MemorySegment s, long at) {
        Envelope.mailbox(s, at, 0, mailbox);
        long inner = at + Envelope.INNER;
        long high = Data.nonceHigh(s, inner);
        long low = Data.nonceLow(s, inner);
        boolean data = Wire.type(s, inner) == Wire.DATA;
        Key key = data
                ? new Key(mailbox.copy(), SipHash.imageHigh(high, low), SipHash.imageLow(high, low))
                : new Key(mailbox.copy(), high, low);
        if (!requested.take(key))
            throw new AssertionError("type " + Wire.type(s, inner) + " from " + mailbox + " passed unrequested");
        if (!customers.contains(to))
            throw new AssertionError("IN to " + to + " which is no customer");
    }

    private void ask(Path at, long high, long low) {
        requested.add(new Key(at.copy(), high, low));
    }
}
