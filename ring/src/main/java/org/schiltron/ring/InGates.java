package org.schiltron.ring;

import java.lang.foreign.MemorySegment;
import org.schiltron.machine.Drop;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.Data;
import org.schiltron.wire.First;
import org.schiltron.wire.Wire;

/**
 * Gates for what comes from anywhere: it passes if it shows a nonce whose image that customer requested from that very
 * address, once. The quota comes after the nonce: a flood that nobody requested spends nothing of the customer's.
 */
final class InGates {
    /** A mailbox's cookie is used a little beyond the time it vouches for: it may be on its way, and clocks differ. */
    private static final long GRANT_SLACK_NS = 10_000_000_000L;

    private final RingConfig config;
    private final CustomerTable customers;
    private final RequestKeys keys;
    private final long[] key = new long[1];
    private final boolean[] admitted = new boolean[1];

    InGates(RingConfig config, CustomerTable customers, RequestKeys keys) {
        this.config = config;
        this.customers = customers;
        this.keys = keys;
    }

    Gate row() {
        return Gate.row(InGates::form, this::number, this::requested, InGates::quota, this::grant);
    }

    static int form(RingPacket p) {
        p.innerOffset = p.offset;
        p.innerLength = p.length;
        p.mailbox.set(p.source);
        boolean wellFormed = switch (Wire.type(p.segment, p.offset)) {
            case Wire.DATA -> Data.wellFormed(p.length);
            case Wire.FIRST -> First.wellFormed(p.segment, p.offset, p.length);
            default -> p.length == Cookie.LENGTH;
        };
        return wellFormed ? Gate.FORWARD : Drop.MALFORMED.code();
    }

    int number(RingPacket p) {
        Customer customer = customers.byNumber(Wire.tag(p.segment, p.offset));
        if (customer == null || customer.active() == null)
            return Drop.WRONG_CUSTOMER.code();
        p.customer(customer);
        return Gate.FORWARD;
    }

    int requested(RingPacket p) {
        MemorySegment s = p.segment;
        Customer customer = p.customer();
        byte type = Wire.type(s, p.offset);
        // The nonce stands at the same place in all three.
        long high = Data.nonceHigh(s, p.offset);
        long low = Data.nonceLow(s, p.offset);
        if (type == Wire.COOKIE)
            return customer.cookies.answer(p, high, low) ? Gate.FORWARD : Drop.UNREQUESTED.code();
        boolean data = type == Wire.DATA;
        long asked = keys.asked(customer.number(), data ? RequestKeys.DATA : RequestKeys.FIRST, p.mailbox);
        key[0] = keys.ofNonce(asked, high, low);
        NonceFilter filter = data ? customer.requests : customer.firsts;
        filter.admit(p.nowNs, key, 0, 1, admitted);
        return admitted[0] ? Gate.FORWARD : Drop.UNREQUESTED.code();
    }

    static int quota(RingPacket p) {
        return p.customer().quotas().bytesIn().take(p.nowNs, p.length) ? Gate.FORWARD : Drop.QUOTA_CUSTOMER.code();
    }

    int grant(RingPacket p) {
        if (Wire.type(p.segment, p.offset) == Wire.COOKIE) {
            long validityNs = Cookie.validitySeconds(p.segment, p.offset) * 1_000_000_000L;
            long standsNs = Math.min(validityNs + GRANT_SLACK_NS, config.maxGrantNs());
            p.customer().grants.grant(p.nowNs, p.mailbox, p.nowNs + standsNs);
        }
        return Gate.FORWARD;
    }
}
