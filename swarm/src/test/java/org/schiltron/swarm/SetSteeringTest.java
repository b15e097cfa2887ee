package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Counters;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.machine.SipHash;

class SetSteeringTest {
    /** Sixty mailboxes of one owner and ten of others: a session does not begin with one owner's alone. */
    @Test
    void aSetBeginsWithAsManyPrefixesAsThereAre() {
        SeededRandom random = new SeededRandom(Long.getLong("schiltron.seed", 3));
        MailboxDirectory directory = new MailboxDirectory();
        for (int i = 0; i < 70; i++) {
            int address = i < 60 ? 0x0a000000 + i : 0x0b000000 + 256 * i;
            directory.set(i, new MailboxLink(Path.ofIpv4(address, 4_500), List.of(new Uplink.Direct(new Counters())),
                    random));
        }
        for (int i = 0; i < 20; i++) {
            int[] members = new SetSteering(SipHash.keyed(random), 12).firstMembers(directory);
            assertThat(members).hasSize(12).doesNotHaveDuplicates();
            assertThat(Arrays.stream(members).filter(member -> member < 60).count()).isEqualTo(2);
        }
    }
}
