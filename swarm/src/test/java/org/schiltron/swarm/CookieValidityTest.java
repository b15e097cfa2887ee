package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.Wire;

class CookieValidityTest {
    /** A mailbox that grants nothing for long is asked at its peril, not at ours. */
    @Test
    void aMailboxWhoseCookiesLastNoTimeIsNotAskedWithEveryRoundTrip() {
        SessionRig rig = new SessionRig(5, 3);
        int[] requests = {0};
        rig.network = (from, to, bytes) -> {
            if (bytes[0] == Wire.COOKIE && bytes.length == Cookie.LENGTH)
                setValiditySeconds(bytes, 0);
            if (bytes[0] == Wire.COOKIE_REQUEST && from.equals(SessionRig.CLIENT))
                requests[0]++;
            return 5 * SessionRig.MS;
        };
        rig.run(20_000);
        assertThat(requests[0]).as("three mailboxes in 20 s").isBetween(30, 3 * 25);
    }

    private static void setValiditySeconds(byte[] cookie, int seconds) {
        MemorySegment s = MemorySegment.ofArray(cookie);
        Cookie.write(s, 0, Wire.shard(s, 0), Wire.tag(s, 0), Cookie.nonceHigh(s, 0), Cookie.nonceLow(s, 0),
                Cookie.cookie(s, 0), seconds, Cookie.shards(s, 0), 0, 2_000);
    }
}
