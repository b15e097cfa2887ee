package org.schiltron.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Drop;
import org.schiltron.machine.SeededRandom;

/** What borders tell each other, and what anybody else can say to them. */
class ShareTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final byte[] SECRET = secret(1);
    private static final int MUTANTS = Integer.getInteger("schiltron.mutants", 200_000);
    private static final long SEED = Long.getLong("schiltron.seed", System.nanoTime());

    private final ShareWriter writer = new ShareWriter(SECRET, new SeededRandom(1), Arena.ofAuto());
    private final ShareReader reader = new ShareReader(SECRET, 0);
    private final List<byte[]> taken = new ArrayList<>();

    private static byte[] secret(int seed) {
        byte[] secret = new byte[32];
        secret[3] = (byte) seed;
        return secret;
    }

    private static byte[] packet(int bytes, int fill) {
        byte[] packet = new byte[bytes];
        java.util.Arrays.fill(packet, (byte) fill);
        return packet;
    }

    private boolean add(byte[] packet) {
        return writer.add(MemorySegment.ofArray(packet), 0, packet.length);
    }

    private byte[] finish(long epochMs) {
        int length = writer.finish(epochMs);
        return writer.datagram().asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private @Nullable Drop read(byte[] datagram) {
        return read(reader, NOW, datagram);
    }

    private @Nullable Drop read(ShareReader by, long epochMs, byte[] datagram) {
        return by.read(epochMs, MemorySegment.ofArray(datagram), 0, datagram.length,
                (segment, at, length) -> taken.add(segment.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE)));
    }

    @Test
    void allPacketsOfADatagramArriveAsTheyWereAndInOrder() {
        assertThat(writer.isEmpty()).isTrue();
        assertThat(add(packet(76, 1)) && add(packet(1, 2)) && add(packet(1_000, 3))).isTrue();
        assertThat(writer.isEmpty()).isFalse();
        assertThat(read(finish(NOW))).isNull();
        assertThat(taken).containsExactly(packet(76, 1), packet(1, 2), packet(1_000, 3));
        assertThat(writer.isEmpty()).isTrue();
        assertThat(add(packet(60, 4))).isTrue();
        assertThat(read(finish(NOW))).isNull();
        assertThat(taken).hasSize(4).endsWith(packet(60, 4));
    }

    @Test
    void aDatagramIsNeverLongerThanItsBoundAndTheLongestPacketFits() {
        assertThat(add(packet(ShareWriter.MAX_PACKET, 7))).isTrue();
        assertThat(add(packet(1, 8))).isFalse();
        byte[] datagram = finish(NOW);
        assertThat(datagram).hasSize(ShareWriter.MAX_DATAGRAM);
        assertThat(read(datagram)).isNull();
        assertThat(taken).containsExactly(packet(ShareWriter.MAX_PACKET, 7));
        for (int bytes : new int[]{0, -1, ShareWriter.MAX_PACKET + 1})
            assertThatThrownBy(() -> writer.add(MemorySegment.ofArray(new byte[2_000]), 0, bytes))
                    .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCopyIsTakenOnceAlsoWhenOthersOvertakeIt() {
        List<byte[]> datagrams = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            add(packet(10, i));
            datagrams.add(finish(NOW));
        }
        for (byte[] datagram : datagrams.reversed())
            assertThat(read(datagram)).isNull();
        for (byte[] datagram : datagrams)
            assertThat(read(datagram)).isEqualTo(Drop.REPLAYED);
        assertThat(taken).hasSize(300);
    }

    @Test
    void anOldOneIsRefusedAlsoByWhoHasJustStarted() {
        add(packet(10, 1));
        byte[] datagram = finish(NOW);
        long later = NOW + ShareReader.MAX_AGE_MS + 1;
        assertThat(read(new ShareReader(SECRET, 0), later, datagram)).isEqualTo(Drop.EXPIRED);
        long earlier = NOW - ShareReader.MAX_AGE_MS - 1;
        assertThat(read(new ShareReader(SECRET, 0), earlier, datagram)).isEqualTo(Drop.EXPIRED);
        assertThat(taken).isEmpty();
        assertThat(read(new ShareReader(SECRET, 0), NOW + ShareReader.MAX_AGE_MS, datagram)).isNull();
    }

    @Test
    void aSenderThatStartsAgainIsHeard() {
        for (int run = 0; run < 5; run++) {
            ShareWriter again = new ShareWriter(SECRET, new SeededRandom(100 + run), Arena.ofAuto());
            again.add(MemorySegment.ofArray(packet(10, run)), 0, 10);
            assertThat(read(again.datagram().asSlice(0, again.finish(NOW)).toArray(ValueLayout.JAVA_BYTE))).isNull();
        }
        assertThat(taken).hasSize(5);
    }

    @Test
    void moreRunsThanAreRememberedTakeABoundedMemoryAndAreAllHeard() {
        for (int run = 0; run < 3 * ShareReader.RUNS; run++) {
            ShareWriter another = new ShareWriter(SECRET, new SeededRandom(run), Arena.ofAuto());
            another.add(MemorySegment.ofArray(packet(10, run)), 0, 10);
            byte[] datagram = another.datagram().asSlice(0, another.finish(NOW)).toArray(ValueLayout.JAVA_BYTE);
            assertThat(read(datagram)).isNull();
            assertThat(read(datagram)).isEqualTo(Drop.REPLAYED);
        }
    }

    @Test
    void whatComesBackToItsSenderIsNoNews() {
        add(packet(10, 1));
        assertThat(read(new ShareReader(SECRET, writer.run()), NOW, finish(NOW))).isEqualTo(Drop.REPLAYED);
        assertThat(taken).isEmpty();
    }

    @Test
    void nobodyWithoutTheSecretIsBelieved() {
        add(packet(100, 1));
        byte[] datagram = finish(NOW);
        assertThat(read(new ShareReader(secret(2), 0), NOW, datagram)).isEqualTo(Drop.BAD_MAC);
        for (int bit = 0; bit < datagram.length * 8; bit++) {
            byte[] flipped = datagram.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(read(flipped)).as("bit " + bit).isEqualTo(Drop.BAD_MAC);
        }
        for (int length = 0; length < datagram.length; length++)
            assertThat(read(java.util.Arrays.copyOf(datagram, length))).as("cut to " + length)
                    .isIn(Drop.TRUNCATED, Drop.BAD_MAC);
        assertThat(read(java.util.Arrays.copyOf(datagram, datagram.length + 1))).isEqualTo(Drop.BAD_MAC);
        assertThat(read(new byte[ShareWriter.MAX_DATAGRAM + 1])).isEqualTo(Drop.OVERSIZED);
        assertThat(read(new byte[65_507])).isEqualTo(Drop.OVERSIZED);
        assertThat(taken).isEmpty();
        assertThat(read(datagram)).as("none of that has used it up").isNull();
    }

    @Test
    void aFloodOfGarbageTakesNothingFromWhatIsTrue() {
        SeededRandom random = new SeededRandom(SEED);
        for (int i = 0; i < MUTANTS; i++) {
            byte[] garbage = new byte[(int) Long.remainderUnsigned(random.nextLong(), ShareWriter.MAX_DATAGRAM + 50)];
            for (int at = 0; at < garbage.length; at += 1 + (int) (random.nextLong() & 63))
                garbage[at] = (byte) random.nextLong();
            assertThat(read(garbage)).as("schiltron.seed=" + SEED).isIn(Drop.TRUNCATED, Drop.OVERSIZED, Drop.BAD_MAC);
            if (i % 1_000 == 0) {
                add(packet(20, i));
                assertThat(read(finish(NOW))).as("schiltron.seed=" + SEED).isNull();
            }
        }
        assertThat(taken).hasSize(Math.ceilDiv(MUTANTS, 1_000));
    }

    /** Who has the secret may say what it likes: it is read whole or not at all, and never beyond its end. */
    @Test
    void aLyingPeerIsReadWithinBounds() {
        SeededRandom random = new SeededRandom(SEED);
        for (int i = 0; i < MUTANTS / 4; i++) {
            int length = 35 + (int) Long.remainderUnsigned(random.nextLong(), 120);
            MemorySegment datagram = Arena.ofAuto().allocate(length);
            for (int at = 24; at < length - 8; at++)
                datagram.set(ValueLayout.JAVA_BYTE, at, (byte) (at % 2 == 0 ? 0 : random.nextLong() & 31));
            org.schiltron.wire.Wire.putLong(datagram, 0, 5);
            org.schiltron.wire.Wire.putLong(datagram, 8, i);
            org.schiltron.wire.Wire.putLong(datagram, 16, NOW);
            org.schiltron.wire.Wire.putLong(datagram, length - 8,
                    ShareWriter.mac(SECRET).hash(datagram, 0, length - 8));
            taken.clear();
            Drop drop = read(datagram.toArray(ValueLayout.JAVA_BYTE));
            assertThat(drop).as("schiltron.seed=" + SEED).isIn(null, Drop.MALFORMED);
            int bytes = taken.stream().mapToInt(packet -> packet.length + 2).sum();
            assertThat(bytes).as("schiltron.seed=" + SEED).isEqualTo(drop == null ? length - 32 : 0);
            assertThat(taken).allMatch(packet -> packet.length > 0);
        }
    }
}
