package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Wire;

/** How far a client and a service believe what a mailbox says of its challenges and cookies. */
class AttemptTest {
    private static final long SECOND = 1_000_000_000L;

    private static Attempt told(int validitySeconds) {
        MemorySegment s = MemorySegment.ofArray(new byte[Challenge.LENGTH]);
        Challenge.write(s, 0, 1, 2, 3, 4, 5, validitySeconds, DoorConfig.ALL_KINDS, Challenge.ASKED, 0, 0);
        MailboxLink contact = new MailboxLink(Path.ofIpv4(0x08080808, 4_500),
                List.of(new Uplink.Direct(new Counters())), new SeededRandom(1));
        return new Attempt(1, contact, Hello.HASH, new byte[32], s, 0, 0, null);
    }

    @Test
    void aChallengeIsBelievedForTwoMinutesAtMost() {
        assertThat(told(65_535).isOver(118 * SECOND)).isFalse();
        assertThat(told(65_535).isOver(120 * SECOND)).isTrue();
        assertThat(told(30).isOver(28 * SECOND)).isFalse();
        assertThat(told(30).isOver(30 * SECOND)).isTrue();
    }

    /** At the mailbox that asks for more work than a post is worth nothing is posted, and all goes on at the other. */
    @ParameterizedTest
    @ValueSource(ints = {ContactConfig.MAX_REGISTRATION_BITS, ContactConfig.MAX_REGISTRATION_BITS + 1})
    void aServiceDoesNotWorkMuchForItsPlace(int asked) {
        SessionRig rig = new SessionRig(3, 2);
        long[] posts = new long[2];
        rig.network = (from, to, bytes) -> {
            if (bytes[0] == Wire.COOKIE && from.sameAddress(rig.mailboxes.getFirst())) {
                MemorySegment s = MemorySegment.ofArray(bytes);
                Cookie.write(s, 0, Wire.shard(s, 0), Wire.tag(s, 0), Cookie.nonceHigh(s, 0), Cookie.nonceLow(s, 0),
                        Cookie.cookie(s, 0), Cookie.validitySeconds(s, 0), Cookie.shards(s, 0), asked,
                        Cookie.maxGetLifetimeMs(s, 0));
            }
            if (bytes[0] == Wire.POST)
                posts[rig.mailboxes.indexOf(to)]++;
            return 5 * SessionRig.MS;
        };
        rig.open();
        rig.run(3_000);
        assertThat(posts[0] > 0).isEqualTo(asked <= ContactConfig.MAX_REGISTRATION_BITS);
        assertThat(posts[1]).isPositive();
    }
}
