package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.Path;
import org.schiltron.machine.SipHash;
import org.schiltron.wire.Data;
import org.schiltron.wire.Get;
import org.schiltron.wire.Wire;

/**
 * The two-branch rule (Phalanx, section 3.2.2) end to end: a client that downloads through a mailbox that has died proposes
 * other sets, whatever becomes of the proposals.
 */
class SetChangeTest {
    private static final long DELAY_NS = 5 * SessionRig.MS;
    private static final long MAX_BYTES = 3_000_000;

    private final SessionRig rig = new SessionRig(Long.getLong("schiltron.seed", 11), 12).open();
    private final Path dead = rig.mailboxes.get(rig.atClient().inboundSet().member(0));
    private final Map<Long, Set<Path>> askedAt = new LinkedHashMap<>(); // by image
    private int proposed;
    private int decided;
    private final List<String> wrong = new ArrayList<>();
    private long written;

    private Inbound inbound() {
        return rig.atClient().inbound();
    }

    private boolean isDead(Path from, Path to) {
        return from.equals(dead) || to.equals(dead);
    }

    private void download() {
        long stream = inStream();
        byte[] bytes = new byte[16_384];
        for (int round = 0; round < 200; round++) {
            rig.atService(() -> written += rig.atService().write(rig.nowNs, stream, bytes, 0, bytes.length));
            rig.run(20);
        }
        long wanted = written;
        rig.network = (from, to, datagram) -> isDead(from, to) ? -1 : DELAY_NS;
        assertThat(rig.runUntil(() -> rig.delivered == wanted && inbound().change() == null, 20_000))
                .as("%d of %d bytes, change %s", rig.delivered, wanted, inbound().change()).isTrue();
        assertThat(wrong).isEmpty();
        assertThat(written).isLessThan(MAX_BYTES * 2);
    }

    private long inStream() {
        long[] stream = new long[1];
        rig.atClient(() -> stream[0] = rig.atClient().openStream(rig.nowNs, "any"));
        assertThat(rig.runUntil(() -> rig.streamsOpened == 1, 2_000)).isTrue();
        return stream[0];
    }

    /** Forgeries of what could decide come first; and each decision is looked at. */
    private void watch() {
        rig.watch = new SessionRig.Watch() {
            private @org.jspecify.annotations.Nullable SetChange pending;

            @Override
            public void before(Path from, Path to, byte[] bytes) {
                if (!to.equals(SessionRig.CLIENT) || bytes[0] != Wire.DATA)
                    return;
                pending = inbound().change();
                byte[] forged = bytes.clone();
                forged[bytes.length - 1] ^= 1;
                rig.toClient(from, forged);
                if (inbound().change() != pending)
                    wrong.add("a packet that is not authentic decided");
            }

            @Override
            public void after(Path from, Path to, byte[] bytes) {
                if (!to.equals(SessionRig.CLIENT) || bytes[0] != Wire.DATA || pending == null
                        || inbound().change() == pending)
                    return;
                decided++;
                MemorySegment s = MemorySegment.ofArray(bytes);
                long image = SipHash.imageHigh(Data.nonceHigh(s, 0), Data.nonceLow(s, 0));
                if (askedAt.getOrDefault(image, Set.of()).size() < 2)
                    wrong.add("decided where both branches ask at the same mailbox");
                boolean taken = inbound().set() == pending.set();
                if (taken != rig.atService().outbound().set().equals(pending.set())
                        && !sameAs(rig.atService().outbound().set(), inbound().set()))
                    wrong.add("decided for a set that the sender does not use");
            }
        };
    }

    private static boolean sameAs(MailboxSet one, MailboxSet other) {
        boolean same = one.size() == other.size();
        for (int i = 0; same && i < one.size(); i++)
            same = one.member(i) == other.member(i) && one.weight(i) == other.weight(i);
        return same;
    }

    private void noteAsked(Path from, Path to, byte[] bytes) {
        if (!from.equals(SessionRig.CLIENT) || bytes[0] != Wire.GET)
            return;
        MemorySegment s = MemorySegment.ofArray(bytes);
        for (int i = 0; i < Get.count(bytes.length); i++)
            askedAt.computeIfAbsent(Get.imageHigh(s, 0, i), image -> new LinkedHashSet<>()).add(to.copy());
        if (inbound().change() != null)
            proposed++;
    }

    @Test
    void bothSidesTakeAProposalThatArrives() {
        MailboxSet before = inbound().set();
        rig.network = (from, to, bytes) -> {
            noteAsked(from, to, bytes);
            return isDead(from, to) ? -1 : DELAY_NS;
        };
        watch();
        download();
        assertThat(decided).isPositive();
        assertThat(inbound().set()).isNotSameAs(before);
        assertThat(sameAs(inbound().set(), rig.atService().outbound().set())).as("same set at both ends").isTrue();
        assertThat(inbound().set().position(before.member(0))).as("the dead one is out or nearly so")
                .matches(at -> at < 0 || inbound().set().weight(at) < 64);
    }

    /** What the client puts is lost or late whenever a proposal stands: it is sent again, and comes too late to be taken. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 300, 1_200})
    void aProposalThatIsLostOrLateStallsNeitherSide(long lateMs) {
        rig.network = (from, to, bytes) -> {
            noteAsked(from, to, bytes);
            if (isDead(from, to))
                return -1;
            boolean held = from.equals(SessionRig.CLIENT) && bytes[0] == Wire.PUT && inbound().change() != null
                    && rig.nowNs / (700 * SessionRig.MS) % 2 == 0;
            return !held ? DELAY_NS : lateMs < 0 ? -1 : lateMs * SessionRig.MS;
        };
        watch();
        download();
        assertThat(proposed).isPositive();
        assertThat(decided).isPositive();
        rig.run(2_000);
        if (inbound().change() == null)
            assertThat(sameAs(inbound().set(), rig.atService().outbound().set())).isTrue();
    }
}
