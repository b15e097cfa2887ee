package org.schiltron.ring;

import java.lang.foreign.MemorySegment;
import org.schiltron.machine.Drop;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Envelope;
import org.schiltron.wire.Get;
import org.schiltron.wire.Post;
import org.schiltron.wire.Put;
import org.schiltron.wire.Wire;

/**
 * Gates for what a proven customer wants sent: a whole request or packet, to an address that is allowed and has granted
 * the customer a cookie, within its quotas; and what it requests is remembered. The quotas come last but one, so that a
 * packet refused for another reason costs none.
 */
final class OutGates {
    private final RingConfig config;
    private final RequestKeys keys;
    private final Destinations destinations;
    private final KeyedBuckets cookieRequestsOfAddress;
    private final FirstPool pool;
    private final long[] scratch = new long[Math.max(Get.MAX_IMAGES, Post.MAX_NONCES)];
    /** What of a withdrawal stood is of no interest. */
    private final boolean[] withdrawn = new boolean[Get.MAX_IMAGES];

    OutGates(RingConfig config, RequestKeys keys, KeyedBuckets cookieRequestsOfAddress) {
        this.config = config;
        this.keys = keys;
        this.destinations = new Destinations(config.allowPrivate(), config.own());
        this.cookieRequestsOfAddress = cookieRequestsOfAddress;
        pool = new FirstPool(config.pooledFirstsPerSecond(), config.maxCustomers());
    }

    Gate row() {
        return Gate.row(this::form, this::destination, OutGates::granted, this::quota, this::remember);
    }

    int form(RingPacket p) {
        MemorySegment s = p.segment;
        long at = p.offset + Envelope.INNER;
        int length = p.length - Envelope.INNER;
        p.innerOffset = at;
        p.innerLength = length;
        Envelope.mailbox(s, p.offset, config.outsideSocket(), p.mailbox);
        Drop header = Wire.checkHeader(s, at, length);
        if (header != null)
            return header.code();
        boolean wellFormed;
        switch (Wire.type(s, at)) {
            case Wire.GET -> wellFormed = Get.wellFormed(length);
            case Wire.PUT -> wellFormed = Put.wellFormed(length);
            case Wire.POST -> wellFormed = Post.wellFormed(s, at, length);
            case Wire.COOKIE_REQUEST -> wellFormed = length == CookieRequest.LENGTH;
            default -> {
                return Drop.UNEXPECTED_TYPE.code();
            }
        }
        return wellFormed ? Gate.FORWARD : Drop.MALFORMED.code();
    }

    int destination(RingPacket p) {
        return destinations.allowed(p.mailbox) ? Gate.FORWARD : Drop.FORBIDDEN_DESTINATION.code();
    }

    /** Only a cookie request goes to an address that has not granted one. */
    static int granted(RingPacket p) {
        return Wire.type(p.segment, p.innerOffset) == Wire.COOKIE_REQUEST
                || p.customer().grants.granted(p.nowNs, p.mailbox) ? Gate.FORWARD : Drop.FORBIDDEN_DESTINATION.code();
    }

    int quota(RingPacket p) {
        Customer.Quotas quotas = p.customer().quotas();
        boolean within = switch (Wire.type(p.segment, p.innerOffset)) {
            case Wire.GET -> quotas.requests().take(p.nowNs, Get.count(p.innerLength));
            case Wire.POST -> {
                int count = Post.count(p.segment, p.innerOffset);
                yield quotas.firsts().take(p.nowNs, count) || pool.take(p.nowNs, p.customer().slot, count);
            }
            case Wire.COOKIE_REQUEST -> quotas.cookieRequests().take(p.nowNs, 1)
                    && cookieRequestsOfAddress.take(p.nowNs, p.mailbox.addressHigh(), p.mailbox.addressLow());
            default -> true;
        };
        return within && quotas.bytesOut().take(p.nowNs, p.innerLength) ? Gate.FORWARD : Drop.QUOTA_CUSTOMER.code();
    }

    int remember(RingPacket p) {
        MemorySegment s = p.segment;
        long at = p.innerOffset;
        Customer customer = p.customer();
        switch (Wire.type(s, at)) {
            case Wire.GET -> {
                long asked = keys.asked(customer.number(), RequestKeys.DATA, p.mailbox);
                int count = Get.count(p.innerLength);
                for (int i = 0; i < count; i++)
                    scratch[i] = keys.ofImage(asked, Get.imageHigh(s, at, i), Get.imageLow(s, at, i));
                if (Get.lifetimeMs(s, at) > 0)
                    customer.requests.remember(p.nowNs, scratch, 0, count);
                else
                    customer.requests.admit(p.nowNs, scratch, 0, count, withdrawn);
            }
            case Wire.POST -> {
                long asked = keys.asked(customer.number(), RequestKeys.FIRST, p.mailbox);
                int count = Post.count(p.segment, p.innerOffset);
                for (int i = 0; i < count; i++)
                    scratch[i] = keys.ofNonce(asked, Post.nonceHigh(s, at, i), Post.nonceLow(s, at, i));
                if (Post.lifetimeMs(s, at) > 0)
                    customer.firsts.remember(p.nowNs, scratch, 0, count);
                else
                    customer.firsts.admit(p.nowNs, scratch, 0, count, withdrawn);
            }
            case Wire.COOKIE_REQUEST -> p.otherHalf(customer.cookies.ask(p.nowNs, p.mailbox,
                    CookieRequest.nonceHigh(s, at), CookieRequest.nonceLow(s, at)));
            default -> { // a PUT requests nothing
            }
        }
        return Gate.FORWARD;
    }
}
