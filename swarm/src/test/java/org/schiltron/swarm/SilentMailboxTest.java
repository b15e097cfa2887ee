package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A mailbox that gives no cookie, while sessions go on by another. */
class SilentMailboxTest {
    private static final long SEED = Long.getLong("schiltron.seed", 3);

    @Test
    void getsThatWaitForItsCookieAreForgottenWhenNobodyWaitsForThem() {
        SessionRig rig = new SessionRig(SEED, 2);
        rig.network = (from, to, bytes) -> to.equals(rig.mailboxes.get(1)) ? -1 : SessionRig.MS;
        rig.open();
        byte[] some = new byte[20_000];
        long[] stream = new long[1];
        rig.atClient(() -> stream[0] = rig.atClient().openStream(rig.nowNs, ""));
        int most = 0;
        for (int i = 0; i < 1_000; i++) {
            rig.atClient(() -> rig.atClient().write(rig.nowNs, stream[0], some, 0, some.length));
            rig.run(100);
            for (MailboxPath path : Objects.requireNonNull(rig.atService().directory().get(1)).paths())
                most = Math.max(most, path.waiting());
        }
        assertThat(rig.delivered).as("seed %d", SEED).isGreaterThan(1_000_000);
        assertThat(most).as("seed %d: gets that wait, of some 20 open", SEED).isBetween(1, 2 * MailboxPath.PRUNE_AT);
    }
}
