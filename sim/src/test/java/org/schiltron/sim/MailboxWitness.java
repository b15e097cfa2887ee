package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.schiltron.machine.Path;
import org.schiltron.machine.SipHash;
import org.schiltron.swarm.Mailbox;
import org.schiltron.swarm.MailboxConfig;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Data;
import org.schiltron.wire.Get;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Put;
import org.schiltron.wire.Wire;

/**
 * Of a mailbox: an address gets one COOKIE for each COOKIE_REQUEST, and nothing else unless it has shown a cookie given
 * to it that was not over; then only what it asked for, from what was put there, each packet once, and as long as it asked
 * for. Its tables stay within its memory.
 */
final class MailboxWitness implements Observed.Witness {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;
    /** A post stands so long at least. */
    private static final int LEAST_POST_MS = 100;

    private record Ask(Path by, long high, long low) {
    }

    private record Nonce(long high, long low) {
    }

    private final Mailbox mailbox;
    private final MailboxConfig config;
    private final long memoryBytes;
    private long drains;
    private final Tally<Path> cookieRequests = new Tally<>();
    private final Map<Path, Map<Long, Long>> given = new LinkedHashMap<>(); // cookies, to when they are over
    private final ProofLedger ledger = new ProofLedger("a mailbox");
    private final Tally<Ask> gets = new Tally<>();
    private final Tally<Ask> posts = new Tally<>();
    private final Tally<Nonce> puts = new Tally<>();
    private final Tally<Path> hellos = new Tally<>();

    MailboxWitness(Mailbox mailbox, MailboxConfig config) {
        this.mailbox = mailbox;
        this.config = config;
        memoryBytes = mailbox.memoryBytes();
    }

    @Override
    public void got(long nowNs, Path from, MemorySegment s, long at, int length) {
        ledger.got(nowNs, from, length);
        if (Wire.checkHeader(s, at, length) != null)
            return;
        switch (Wire.type(s, at)) {
            case Wire.COOKIE_REQUEST -> cookieRequests.add(from.copy());
            case Wire.PUT -> {
                if (Put.wellFormed(length))
                    puts.add(new Nonce(Put.nonceHigh(s, at), Put.nonceLow(s, at)));
            }
            case Wire.GET -> {
                if (!Get.wellFormed(length) || !proves(nowNs, from, Get.cookie(s, at)))
                    return;
                ledger.proved(nowNs, from,
                        nowNs + MS * Math.min(Get.lifetimeMs(s, at), config.maxGetLifetimeMs()));
                for (int i = 0; i < Get.count(length); i++)
                    gets.add(new Ask(from.copy(), Get.imageHigh(s, at, i), Get.imageLow(s, at, i)));
            }
            case Wire.POST -> {
                if (!Post.wellFormed(s, at, length) || !proves(nowNs, from, Post.cookie(s, at)))
                    return;
                ledger.proved(nowNs, from, nowNs
                        + MS * Math.clamp(Post.lifetimeMs(s, at), LEAST_POST_MS, config.maxGetLifetimeMs()));
                for (int i = 0; i < Post.count(s, at); i++)
                    posts.add(new Ask(from.copy(), Post.nonceHigh(s, at, i), Post.nonceLow(s, at, i)));
            }
            case Wire.HELLO -> {
                if (Hello.wellFormed(s, at, length) && proves(nowNs, from, Hello.cookie(s, at))) {
                    ledger.proved(nowNs, from, nowNs);
                    hellos.add(from.copy());
                }
            }
            default -> {
            }
        }
    }

    private boolean proves(long nowNs, Path from, long cookie) {
        return given.getOrDefault(from, Map.of()).getOrDefault(cookie, Long.MIN_VALUE) > nowNs;
    }

    @Override
    public void sent(long nowNs, Path to, MemorySegment s, long at, int length) {
        ledger.sent(nowNs, to, Wire.type(s, at), length);
        if (Wire.type(s, at) == Wire.COOKIE) {
            if (!cookieRequests.take(to) || length > CookieRequest.LENGTH)
                throw new AssertionError("COOKIE to " + to + " which asked for none");
            long epochNs = config.cookieEpochSeconds() * SECOND;
            given.computeIfAbsent(to.copy(), path -> new LinkedHashMap<>()).put(Cookie.cookie(s, at),
                    (Math.floorDiv(nowNs, epochNs) + 2) * epochNs);
            return;
        }
        if (!ledger.isProved(nowNs, to))
            throw new AssertionError("type " + Wire.type(s, at) + " to unproved " + to);
        if (Wire.type(s, at) == Wire.CHALLENGE) {
            if (!hellos.take(to) || length > Challenge.LENGTH)
                throw new AssertionError("CHALLENGE to " + to + " which left no hello");
            return;
        }
        long high = Data.nonceHigh(s, at);
        long low = Data.nonceLow(s, at);
        boolean data = Wire.type(s, at) == Wire.DATA;
        boolean asked = data
                ? gets.takeAll(new Ask(to, SipHash.imageHigh(high, low), SipHash.imageLow(high, low)))
                : posts.take(new Ask(to, high, low));
        if (!asked)
            throw new AssertionError("type " + Wire.type(s, at) + " to " + to + " which did not ask for it");
        if (data && !puts.take(new Nonce(high, low)))
            throw new AssertionError("DATA more often than it was put");
    }

    @Override
    public void drained() {
        boolean memory = ++drains % 64 != 0 || mailbox.memoryBytes() == memoryBytes; // slow to add up
        if (!memory || mailbox.gets() > config.maxGets() || mailbox.owners() > config.maxOwners()
                || mailbox.services() > config.maxServices())
            throw new AssertionError("a mailbox beyond its bounds: " + mailbox.gets() + " gets, " + mailbox.owners()
                    + " owners, " + mailbox.memoryBytes() + " bytes");
    }
}
