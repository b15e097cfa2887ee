package org.schiltron.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;

class PacketCipherTest {
    private static final byte[] SECRET = HexFormat.of()
            .parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final long EPOCH = 1L << PacketCipher.EPOCH_BITS;
    private static final long HIGH = 0x0102_0304_0506_0708L;
    private static final long LOW = 0x090a_0b0c_0d0e_0f10L;

    private final PacketCipher sealer = new PacketCipher(SECRET);
    private final PacketCipher opener = new PacketCipher(SECRET);

    /** Quoted in docs/PROTOCOL.md. */
    @Test
    void protocolVectors() {
        assertThat(seal(sealer, 0)).isEqualTo(hex("25746e5c35b09d8a2a86494ce5d8f6f8e26df5221e"));
        assertThat(seal(sealer, 1)).isEqualTo(hex("97c0e4c6f29f32eb108fbb5839b9b47e6a5dd81eaa"));
        assertThat(seal(sealer, EPOCH)).isEqualTo(hex("aa169850c2115d59996eb06d3adde0445bd6e53870"));
    }

    @Test
    void whatIsSealedOpensAtEveryLengthAndOffset() {
        RandomSource random = Seeds.random();
        CipherPool pool = new CipherPool(1);
        PacketCipher a = new PacketCipher(SECRET, pool);
        PacketCipher b = new PacketCipher(SECRET, pool);
        for (int index = 0; index < 1_300; index++) {
            byte[] plain = random.bytes(index);
            byte[] sealed = new byte[index + 40];
            int offset = random.nextInt(20);
            assertThat(a.seal(index, HIGH, index, plain, 0, index, sealed, offset)).isEqualTo(index + 16);
            byte[] out = new byte[index + 7];
            assertThat(b.open(index, HIGH, index, sealed, offset, index + 16, out, 5)).isEqualTo(index);
            assertThat(Arrays.copyOfRange(out, 5, 5 + index)).isEqualTo(plain);
        }
    }

    @Test
    void worksInPlace() {
        byte[] buffer = Arrays.copyOf(HELLO, 40);
        int sealed = sealer.seal(3, HIGH, LOW, buffer, 0, 5, buffer, 0);
        assertThat(opener.open(3, HIGH, LOW, buffer, 0, sealed, buffer, 0)).isEqualTo(5);
        assertThat(Arrays.copyOf(buffer, 5)).isEqualTo(HELLO);
    }

    @Test
    void everyChangeIsFoundAndWritesNothing() {
        byte[] sealed = seal(sealer, 9);
        byte[] out = new byte[100];
        for (int bit = 0; bit < 8 * sealed.length; bit++) {
            byte[] changed = sealed.clone();
            changed[bit >> 3] ^= (byte) (1 << (bit & 7));
            assertThat(opener.open(9, HIGH, LOW, changed, 0, changed.length, out, 0)).isEqualTo(-1);
        }
        for (int length = 0; length < sealed.length; length++)
            assertThat(opener.open(9, HIGH, LOW, sealed, 0, length, out, 0)).isEqualTo(-1);
        assertThat(opener.open(9, HIGH, LOW, Arrays.copyOf(sealed, 30), 0, 30, out, 0)).isEqualTo(-1);
        assertThat(opener.open(8, HIGH, LOW, sealed, 0, sealed.length, out, 0)).as("index").isEqualTo(-1);
        assertThat(opener.open(9, HIGH ^ 1, LOW, sealed, 0, sealed.length, out, 0)).as("nonce").isEqualTo(-1);
        assertThat(opener.open(9, HIGH, LOW ^ 1, sealed, 0, sealed.length, out, 0)).as("nonce").isEqualTo(-1);
        assertThat(opener.open(-1, HIGH, LOW, sealed, 0, sealed.length, out, 0)).as("index").isEqualTo(-1);
        assertThat(new PacketCipher(new byte[32]).open(9, HIGH, LOW, sealed, 0, sealed.length, out, 0)).as("key")
                .isEqualTo(-1);
        assertThat(opener.open(9, HIGH, LOW, sealed, 0, sealed.length, new byte[4], 0)).as("no room").isEqualTo(-1);
        assertThat(out).containsOnly(0);
        assertThat(opener.open(9, HIGH, LOW, sealed, 0, sealed.length, out, 0)).isEqualTo(5);
    }

    @Test
    void reorderingAcrossAnEpochWorksAndOlderKeysAreGone() {
        List<byte[]> sealed = new ArrayList<>();
        long[] indices = {EPOCH - 2, EPOCH - 1, EPOCH, EPOCH + 1, 2 * EPOCH, 2 * EPOCH + 1};
        for (long index : indices)
            sealed.add(seal(sealer, index));
        assertThat(open(EPOCH - 1, sealed.get(1))).isTrue();
        assertThat(open(EPOCH + 1, sealed.get(3))).isTrue();
        assertThat(open(EPOCH - 2, sealed.get(0))).as("of the epoch before").isTrue();
        assertThat(open(EPOCH, sealed.get(2))).isTrue();
        assertThat(open(2 * EPOCH + 1, sealed.get(5))).isTrue();
        assertThat(open(EPOCH, sealed.get(2))).as("of the epoch before").isTrue();
        assertThat(open(EPOCH - 1, sealed.get(1))).as("of two epochs before").isFalse();
        assertThat(open(2 * EPOCH, sealed.get(4))).isTrue();
    }

    @Test
    void onlyAnAuthenticPacketMovesTheEpochOn() {
        seal(sealer, EPOCH);
        byte[] farAhead = seal(sealer, 2 * EPOCH);
        assertThat(open(2 * EPOCH, farAhead)).as("two epochs ahead").isFalse();
        for (int i = 0; i < 10; i++)
            assertThat(open(EPOCH + i, new byte[50])).isFalse();
        assertThat(open(0, seal(new PacketCipher(SECRET), 0))).as("still in the first epoch").isTrue();
        assertThat(open(2 * EPOCH, farAhead)).isFalse();
        opener.skipTo(2 * EPOCH);
        assertThat(open(2 * EPOCH, farAhead)).isTrue();
        opener.skipTo(0);
        assertThat(open(2 * EPOCH, farAhead)).as("never back").isTrue();
        assertThatThrownBy(() -> seal(sealer, 4 * EPOCH)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("epoch");
    }

    @Test
    void noIndexIsSealedTwice() {
        RandomSource random = Seeds.random();
        boolean[] used = new boolean[10_000];
        int highest = -1;
        for (int i = 0; i < 20_000; i++) {
            int index = Math.clamp(highest + random.nextInt(3_000) - 2_000L * random.nextInt(2), 0, used.length - 1);
            boolean allowed = !used[index] && index > highest - PacketCipher.SEAL_WINDOW;
            if (allowed) {
                seal(sealer, index);
                used[index] = true;
                highest = Math.max(highest, index);
            } else {
                assertThatThrownBy(() -> seal(sealer, index)).isInstanceOf(IllegalArgumentException.class);
            }
            if (highest > 9_000)
                break;
        }
        assertThatThrownBy(() -> seal(sealer, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manySessionsShareAFewCiphers() {
        CipherPool pool = new CipherPool(3);
        List<PacketCipher> sealers = new ArrayList<>();
        List<PacketCipher> openers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] secret = Arrays.copyOf(new byte[]{(byte) i}, 32);
            sealers.add(new PacketCipher(secret, pool));
            openers.add(new PacketCipher(secret, pool));
        }
        for (int index = 0; index < 10; index++) {
            List<byte[]> sealed = new ArrayList<>();
            for (PacketCipher cipher : sealers)
                sealed.add(seal(cipher, index));
            for (int i = 0; i < sealed.size(); i++) {
                byte[] out = new byte[5];
                assertThat(openers.get(i).open(index, HIGH, LOW, sealed.get(i), 0, 21, out, 0)).isEqualTo(5);
                assertThat(out).isEqualTo(HELLO);
                assertThat(openers.get(i).open(index, HIGH, LOW, sealed.get((i + 1) % 20), 0, 21, out, 0))
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void randomPacketsAreRefused() {
        RandomSource random = Seeds.random();
        byte[] valid = seal(sealer, 1);
        byte[] out = new byte[200];
        for (int i = 0; i < 2_000; i++) {
            byte[] packet = Seeds.mutate(random, valid);
            if (!Arrays.equals(packet, valid))
                assertThat(opener.open(1, HIGH, LOW, packet, 0, packet.length, out, 0)).isEqualTo(-1);
            assertThat(opener.open(random.nextLong(), random.nextLong(), 0, packet, 0, packet.length, out, 0))
                    .isEqualTo(-1);
        }
    }

    @Test
    void nothingShowsAKey() {
        byte[] key = new EpochKey(SECRET).getEncoded();
        assertThat(new EpochKey(SECRET).toString()).doesNotContain(HexFormat.of().formatHex(key));
        EpochKey erased = new EpochKey(SECRET);
        erased.erase();
        assertThat(erased.getEncoded()).containsOnly(0);
        assertThat(erased.iv(0)).containsOnly(0);
    }

    private static byte[] seal(PacketCipher cipher, long index) {
        byte[] out = new byte[HELLO.length + PacketCipher.OVERHEAD];
        assertThat(cipher.seal(index, HIGH, LOW, HELLO, 0, HELLO.length, out, 0)).isEqualTo(out.length);
        return out;
    }

    private boolean open(long index, byte[] sealed) {
        byte[] out = new byte[sealed.length];
        int length = opener.open(index, HIGH, LOW, sealed, 0, sealed.length, out, 0);
        return length >= 0 && Arrays.equals(Arrays.copyOf(out, length), HELLO);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
