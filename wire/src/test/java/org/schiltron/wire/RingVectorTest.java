package org.schiltron.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.Path;
import org.schiltron.machine.SipHash;

/** The test vectors of docs/PROTOCOL.md, "Ring node". */
class RingVectorTest {
    private static final SipHash KEY = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
    private final byte[] bytes = new byte[Wire.MAX_DATAGRAM];
    private final MemorySegment s = MemorySegment.ofArray(bytes);

    private String hex(int length) {
        return HexFormat.of().formatHex(Arrays.copyOf(bytes, length));
    }

    @Test
    void enrolRequest() {
        int length = EnrolRequest.write(s, 0, 0x0001020304050607L, 0x08090a0b0c0d0e0fL);
        assertThat(hex(length)).isEqualTo("4000010000000000000102030405060708090a0b0c0d0e0f" + "00".repeat(40));
    }

    @Test
    void enrolChallenge() {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 0xee);
        int length = EnrolChallenge.write(s, 0, 0x0001020304050607L, 0x08090a0b0c0d0e0fL, 0x1112131415161718L, key);
        assertThat(hex(length)).isEqualTo(
                "4100010000000000000102030405060708090a0b0c0d0e0f1112131415161718" + "ee".repeat(32));
        assertThat(EnrolChallenge.ringKey(s, 0)).isEqualTo(key);
    }

    @Test
    void enrol() {
        byte[] noise = new byte[144];
        Arrays.fill(noise, (byte) 0xaa);
        int length = Enrol.write(s, 0, 0x1112131415161718L, noise, KEY);
        assertThat(hex(length)).isEqualTo("42000100000000001112131415161718" + "0a4b03aa611b6c15" + "aa".repeat(144));
        assertThat(Enrol.proved(s, 0, KEY)).isTrue();
        assertThat(Enrol.noise(s, 0)).isEqualTo(noise);
        bytes[100] ^= 1;
        assertThat(Enrol.proved(s, 0, KEY)).isFalse();
    }

    @Test
    void enrolled() {
        byte[] noise = new byte[64];
        Arrays.fill(noise, (byte) 0xbb);
        int length = Enrolled.write(s, 0, 0x00123001, noise);
        assertThat(hex(length)).isEqualTo("4300010000123001" + "bb".repeat(64));
        byte[] payload = Enrolled.payload(0x00123001, 50_000, 125_000_000);
        assertThat(HexFormat.of().formatHex(payload)).isEqualTo("001230010000c3500000000007735940");
    }

    @Test
    void ping() {
        Envelope.write(s, 0, Wire.PING, 0, 0x00123001, 7, new Path(0, 0, 9, 0));
        Envelope.seal(s, 0, Envelope.INNER, KEY);
        assertThat(hex(48)).isEqualTo("46000100001230010000000000000007" + "1c327c02c8b2c631" + "0000000000000000"
                + "0000000000000009" + "0000000000000000");
    }

    @Test
    void outWithACookieRequest() {
        Envelope.write(s, 0, Wire.OUT, 3, 0x00123001, 8, Path.ofIpv4(0xc0000201, 4_500));
        int length = Envelope.INNER
                + CookieRequest.write(s, Envelope.INNER, 3, 0, 0x0001020304050607L, 0x08090a0b0c0d0e0fL);
        Envelope.seal(s, 0, length, KEY);
        assertThat(hex(length)).isEqualTo("44030100001230010000000000000008" + "d026e31edc6e614d"
                + "00000000000000000000ffffc0000201" + "1194000000000000" + "1003010000000000"
                + "000102030405060708090a0b0c0d0e0f" + "00".repeat(24));
        assertThat(Envelope.authentic(s, 0, length, KEY)).isTrue();
    }
}
