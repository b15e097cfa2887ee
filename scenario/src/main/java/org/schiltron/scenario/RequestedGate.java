package org.schiltron.scenario;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.ring.NonceFilter;
import org.schiltron.ring.RequestKeys;
import org.schiltron.sim.Datagram;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Data;
import org.schiltron.wire.First;
import org.schiltron.wire.Get;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/**
 * A ring on the path (Phalanx, section 3.3): it reads what a service asks its mailboxes for as it goes by, and lets in what answers that, from
 * that mailbox, once. It drops everything else that goes to the service, and needs no key: the service may not know of it. It must lie on the
 * ways in both directions.
 *
 * <p>It believes the source address of a request, so whoever can send requests in the service's name from behind this router opens it.
 * As a ring node's, its filters let pass a few in 10,000 that nobody asked for, and lose some answers beyond so many
 * outstanding requests: {@value #REQUESTS} images, {@value #FIRSTS} first-contact nonces, {@value #COOKIES} cookies; 600 KiB.
 */
final class RequestedGate extends RowGate {
    private static final int REQUESTS = 1 << 17;
    private static final int FIRSTS = 1 << 14;
    private static final int COOKIES = 1 << 12;
    private static final int COOKIE = 2; // beside the classes of RequestKeys

    private final AddressSet service;
    private final RequestKeys keys;
    private final NonceFilter[] filters = new NonceFilter[3]; // by class
    private final long[] scratch = new long[Math.max(Get.MAX_IMAGES, Post.MAX_NONCES)];
    private final boolean[] admitted = new boolean[scratch.length];

    RequestedGate(String word, AddressSet service, RandomSource random) {
        super(word);
        this.service = service;
        keys = new RequestKeys(random);
        filters[RequestKeys.DATA] = NonceFilter.sized(REQUESTS, Arena.ofAuto());
        filters[RequestKeys.FIRST] = NonceFilter.sized(FIRSTS, Arena.ofAuto());
        filters[COOKIE] = NonceFilter.sized(COOKIES, Arena.ofAuto());
    }

    @Override
    public boolean admits(long nowNs, Datagram datagram) {
        boolean out = service.contains(datagram.source());
        if (!out && !service.contains(datagram.destination()))
            return true;
        MemorySegment s = datagram.segment();
        long at = datagram.offset();
        int length = datagram.length();
        boolean readable = datagram.isUdp() && Wire.checkHeader(s, at, length) == null;
        if (out) {
            if (readable)
                remember(nowNs, datagram.destination(), s, at, length);
            return true;
        }
        int requestClass = readable ? answered(s, at, length) : -1;
        if (requestClass < 0)
            return refuse("malformed");
        long asked = keys.asked(0, requestClass, datagram.source());
        scratch[0] = keys.ofNonce(asked, Data.nonceHigh(s, at), Data.nonceLow(s, at)); // at the same place in all three
        filters[requestClass].admit(nowNs, scratch, 0, 1, admitted);
        return admitted[0] || refuse("unrequested");
    }

    /** The class of what it answers, or -1. */
    private static int answered(MemorySegment s, long at, int length) {
        return switch (Wire.type(s, at)) {
            case Wire.DATA -> Data.wellFormed(length) ? RequestKeys.DATA : -1;
            case Wire.FIRST -> First.wellFormed(s, at, length) ? RequestKeys.FIRST : -1;
            case Wire.COOKIE -> length == Cookie.LENGTH ? COOKIE : -1;
            default -> -1;
        };
    }

    private void remember(long nowNs, Path mailbox, MemorySegment s, long at, int length) {
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
