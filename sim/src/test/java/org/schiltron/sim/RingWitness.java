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
import org.schiltron.wire.Enrol;
import org.schiltron.wire.EnrolChallenge;
import org.schiltron.wire.EnrolRequest;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Get;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/**
 * Of a ring node: nothing passes in that was not requested at that mailbox, and once for each request; whoever has not
 * shown a cookie given to it gets one ENROL_CHALLENGE for each ENROL_REQUEST and one PONG for each PING, no longer than
 * that, and nothing else; and mailboxes that have not answered get a COOKIE_REQUEST for each that a customer sends, and nothing else.
 */
final class RingWitness implements Observed.Witness {
    /** A nonce or an image, at a mailbox. */
    private record Key(Path mailbox, long high, long low) {
    }

    /** Of enrolment cookies: good in one and the next. */
    private static final long STRETCH_NS = 10_000_000_000L;

    private final Path own;
    private final Tally<Key> requested = new Tally<>();
    private final Tally<Path> challenges = new Tally<>();
    private final Map<Path, Map<Long, Long>> given = new LinkedHashMap<>(); // cookies, to when they are over
    private final Set<Path> proved = new LinkedHashSet<>();
    private final Tally<Path> pings = new Tally<>();
    private final ProofLedger ledger = new ProofLedger("a ring node");
    private final Set<Path> answered = new LinkedHashSet<>(); // mailboxes
    private final Map<Key, Long> inside = new LinkedHashMap<>(); // of a cookie request that left, the low half that its customer knows
    private long insideLow;
    private Key answer = new Key(new Path(), 0, 0); // the COOKIE that came last
    private long outs;
    private final Path mailbox = new Path();

    RingWitness(Path own) {
        this.own = own;
    }

    @Override
    public void got(long nowNs, Path from, MemorySegment s, long at, int length) {
        ledger.got(nowNs, from, length);
        if (Wire.checkHeader(s, at, length) != null)
            return;
        switch (Wire.type(s, at)) {
            case Wire.ENROL_REQUEST -> challenges.add(from.copy());
            case Wire.ENROL -> {
                if (length == Enrol.LENGTH)
                    shown(nowNs, from, Enrol.cookie(s, at));
            }
            case Wire.PING -> {
                if (length == Envelope.INNER) {
                    pings.add(from.copy());
                    Envelope.mailbox(s, at, 0, mailbox);
                    shown(nowNs, from, mailbox.addressHigh());
                }
            }
            case Wire.COOKIE -> {
                if (length != Cookie.LENGTH)
                    return;
                answer = new Key(from.copy(), Cookie.nonceHigh(s, at), Cookie.nonceLow(s, at));
                if (requested.has(answer))
                    answered.add(from.copy());
            }
            case Wire.OUT -> {
                outs++;
                if (length == Envelope.INNER + CookieRequest.LENGTH)
                    insideLow = CookieRequest.nonceLow(s, at + Envelope.INNER);
            }
            default -> {
            }
        }
    }

    private void shown(long nowNs, Path from, long cookie) {
        if (given.getOrDefault(from, Map.of()).getOrDefault(cookie, Long.MIN_VALUE) > nowNs) {
            proved.add(from.copy());
            ledger.proved(nowNs, from, Long.MAX_VALUE);
        }
    }

    private void give(long nowNs, Path to, long cookie) {
        given.computeIfAbsent(to.copy(), path -> new LinkedHashMap<>()).put(cookie,
                (Math.floorDiv(nowNs, STRETCH_NS) + 2) * STRETCH_NS);
    }

    @Override
    public void sent(long nowNs, Path to, MemorySegment s, long at, int length) {
        if (to.sameAddress(own))
            throw new AssertionError("a ring node that sends to itself");
        switch (Wire.type(s, at)) {
            case Wire.COOKIE_REQUEST -> {
                out();
                long high = CookieRequest.nonceHigh(s, at);
                long low = CookieRequest.nonceLow(s, at);
                if (low == insideLow)
                    throw new AssertionError("a cookie request whose nonce the customer knows");
                ask(to, high, low);
                inside.put(new Key(to.copy(), high, low), insideLow);
            }
            case Wire.GET -> {
                toAnswered(to);
                for (int i = 0; i < Get.count(length); i++)
                    ask(to, Get.imageHigh(s, at, i), Get.imageLow(s, at, i));
            }
            case Wire.POST -> {
                toAnswered(to);
                for (int i = 0; i < Post.count(s, at); i++)
                    ask(to, Post.nonceHigh(s, at, i), Post.nonceLow(s, at, i));
            }
            case Wire.PUT -> toAnswered(to);
            default -> back(nowNs, to, s, at, length);
        }
    }

    private void out() {
        if (--outs < 0)
            throw new AssertionError("a ring node sends to mailboxes what no customer has sent it");
    }

    private void toAnswered(Path mailbox) {
        out();
        if (!answered.contains(mailbox))
            throw new AssertionError("a ring node sends to " + mailbox + ", which has given no cookie");
    }

    private void back(long nowNs, Path to, MemorySegment s, long at, int length) {
        ledger.sent(nowNs, to, Wire.type(s, at), length);
        switch (Wire.type(s, at)) {
            case Wire.IN -> in(to, s, at);
            case Wire.ENROLLED -> {
                if (!proved.contains(to))
                    throw new AssertionError("ENROLLED to unproved " + to);
            }
            case Wire.PONG -> {
                if (!pings.take(to) || length > Envelope.INNER)
                    throw new AssertionError("PONG to " + to + " which has sent no PING");
                Envelope.mailbox(s, at, 0, mailbox);
                give(nowNs, to, mailbox.addressHigh());
            }
            case Wire.ENROL_CHALLENGE -> {
                if (!challenges.take(to) || length > EnrolRequest.LENGTH)
                    throw new AssertionError("ENROL_CHALLENGE to " + to + " which asked for none");
                give(nowNs, to, EnrolChallenge.cookie(s, at));
            }
            default -> throw new AssertionError("type " + Wire.type(s, at) + " to " + to);
        }
    }

    private void in(Path to, MemorySegment s, long at) {
        Envelope.mailbox(s, at, 0, mailbox);
        long inner = at + Envelope.INNER;
        long high = Data.nonceHigh(s, inner);
        long low = Data.nonceLow(s, inner);
        Key key = new Key(mailbox.copy(), high, low);
        if (Wire.type(s, inner) == Wire.DATA)
            key = new Key(mailbox.copy(), SipHash.imageHigh(high, low), SipHash.imageLow(high, low));
        else if (Wire.type(s, inner) == Wire.COOKIE)
            key = answered(high, low);
        if (!requested.take(key))
            throw new AssertionError("type " + Wire.type(s, inner) + " from " + mailbox + " passed unrequested");
        if (!proved.contains(to))
            throw new AssertionError("IN to unproved " + to);
    }

    private Key answered(long high, long low) {
        if (!answer.mailbox.sameAddress(mailbox) || answer.high != high
                || !Long.valueOf(low).equals(inside.get(answer)))
            throw new AssertionError("another COOKIE than the customer asked for");
        return answer;
    }

    private void ask(Path at, long high, long low) {
        requested.add(new Key(at.copy(), high, low));
    }
}
