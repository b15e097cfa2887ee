package org.schiltron.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.schiltron.machine.Drop;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Data;
import org.schiltron.wire.First;
import org.schiltron.wire.Get;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/**
 * A ring on the path (Phalanx, section 3.3): it reads what a service asks its mailboxes for as it goes by, and lets in what answers that, from
 * that mailbox, once. It needs no key: the service may not know of it. It must lie on the ways in both directions.
 *
 * <p>It believes the source address of a request, so whoever can send requests in the service's name from behind it opens it.
 * As a ring node's, its filters let pass a few in 10,000 that nobody asked for, and lose some answers beyond so many
 * outstanding requests: {@value #REQUESTS} images, {@value #FIRSTS} first-contact nonces, {@value #COOKIES} cookies; 600 KiB.
 */
public final class SeenRequests {
    private static final int REQUESTS = 1 << 17;
    private static final int FIRSTS = 1 << 14;
    private static final int COOKIES = 1 << 12;
    private static final int COOKIE = 2; // beside the classes of RequestKeys

    private final RequestKeys keys;
    private final NonceFilter[] filters = new NonceFilter[3]; // by class
    private final long[] scratch = new long[Math.max(Get.MAX_IMAGES, Post.MAX_NONCES)];
    private final boolean[] admitted = new boolean[scratch.length];

    /** @param memory as in {@link NonceFilter#sized} */
    public SeenRequests(RandomSource random, SegmentAllocator memory) {
        keys = new RequestKeys(random);
        filters[RequestKeys.DATA] = NonceFilter.sized(REQUESTS, memory);
        filters[RequestKeys.FIRST] = NonceFilter.sized(FIRSTS, memory);
        filters[COOKIE] = NonceFilter.sized(COOKIES, memory);
    }

    /**
     * A UDP payload comes by on its way in.
     *
     * @param mailbox where it says it comes from
     * @return 0 if it answers a request that stands, which it uses up; else the code of a {@link Drop}
     */
    public int verdict(long nowNs, Path mailbox, MemorySegment s, long at, int length) {
        int requestClass = Wire.checkHeader(s, at, length) == null ? answered(s, at, length) : -1;
        if (requestClass < 0)
            return Drop.MALFORMED.code();
        long asked = keys.asked(0, requestClass, mailbox);
        scratch[0] = keys.ofNonce(asked, Data.nonceHigh(s, at), Data.nonceLow(s, at)); // at the same place in all three
        filters[requestClass].admit(nowNs, scratch, 0, 1, admitted);
        return admitted[0] ? Gate.FORWARD : Drop.UNREQUESTED.code();
    }

    /** The class of what it answers, or -1. */
    private static int answered(MemorySegment s, long at, int length) {
        return switch (Wire.type(s, at)) {
            case Wire.DATA -> Data.wellFormed(length) ? RequestKeys.DATA : -1;
            case Wire.FIRST -> length > First.CONTENT ? RequestKeys.FIRST : -1; // the rest is for the service to check
            case Wire.COOKIE -> length == Cookie.LENGTH ? COOKIE : -1;
            default -> -1;
        };
    }

    /**
     * A UDP payload comes by on its way out. What asks for nothing is of no interest.
     *
     * @param mailbox where it goes
     */
    public void remember(long nowNs, Path mailbox, MemorySegment s, long at, int length) {
        if (Wire.checkHeader(s, at, length) != null)
            return;
        switch (Wire.type(s, at)) {
            case Wire.GET -> {
                if (!Get.wellFormed(length))
                    return;
                long asked = keys.asked(0, RequestKeys.DATA, mailbox);
                int count = Get.count(length);
                for (int i = 0; i < count; i++)
                    scratch[i] = keys.ofImage(asked, Get.imageHigh(s, at, i), Get.imageLow(s, at, i));
                keep(nowNs, RequestKeys.DATA, count, Get.lifetimeMs(s, at) > 0);
            }
            case Wire.POST -> {
                if (!Post.wellFormed(s, at, length))
                    return;
                long asked = keys.asked(0, RequestKeys.FIRST, mailbox);
                int count = Post.count(s, at);
                for (int i = 0; i < count; i++)
                    scratch[i] = keys.ofNonce(asked, Post.nonceHigh(s, at, i), Post.nonceLow(s, at, i));
                keep(nowNs, RequestKeys.FIRST, count, Post.lifetimeMs(s, at) > 0);
            }
            case Wire.COOKIE_REQUEST -> {
                if (length != CookieRequest.LENGTH)
                    return;
                scratch[0] = keys.ofNonce(keys.asked(0, COOKIE, mailbox), CookieRequest.nonceHigh(s, at),
                        CookieRequest.nonceLow(s, at));
                keep(nowNs, COOKIE, 1, true);
            }
            default -> { // requests nothing
            }
        }
    }

    /** @param stands false for requests that are taken back */
    private void keep(long nowNs, int requestClass, int count, boolean stands) {
        if (stands)
            filters[requestClass].remember(nowNs, scratch, 0, count);
        else
            filters[requestClass].admit(nowNs, scratch, 0, count, admitted);
    }
}
