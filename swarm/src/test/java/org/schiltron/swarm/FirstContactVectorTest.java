package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.schiltron.proof.HashPuzzle;
import org.schiltron.proof.HelloTarget;
import org.schiltron.proof.Identity;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/** The vectors of docs/PROTOCOL.md, "First contact"; computed apart from this code, with Python's hashlib and OpenSSL. */
class FirstContactVectorTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final long HIGH = 0;
    private static final long LOW = 0x0000_ffff_c000_0201L; // 192.0.2.1
    private static final int PORT = 4_500;
    private static final long COOKIE = 0x1122334455667788L;
    private final Identity service = Identity.ofSeed(range(0, 32));
    private final byte[] bytes = new byte[Wire.MAX_DATAGRAM];
    private final MemorySegment s = MemorySegment.ofArray(bytes);

    private static byte[] range(int from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte) (from + i);
        return bytes;
    }

    @Test
    void hashPuzzle() {
        byte[] target = range(0, 32);
        assertThat(new HashPuzzle().bits(target, 0x01020304050620b7L)).isEqualTo(12);
        HashPuzzle.Search search = new HashPuzzle.Search(target, 0x0102030405060700L);
        search.run(0x20b7 - 0x0700);
        assertThat(search.bits()).isLessThan(12);
        assertThat(search.run(1)).isTrue();
        assertThat(search.solution()).isEqualTo(0x01020304050620b7L);
    }

    @Test
    void whatAProofCovers() {
        byte[] hello = "sealed hello".getBytes(StandardCharsets.US_ASCII);
        byte[] target = new byte[HelloTarget.BYTES];
        new HelloTarget().of(HIGH, LOW, PORT, service.publicKey().bytes(), 0x2021222324252627L, 0x28292a2b2c2d2e2fL,
                hello, target);
        assertThat(HEX.formatHex(target))
                .isEqualTo("4f7a3ac179b4c89d676e0d82bd211d" + "202122232425262728292a2b2c2d2e2f"
                        + "90fe38626d7bf315f3cca261205c0f0a");
        HashPuzzle.Search search = new HashPuzzle.Search(target, 0x0102030405060700L);
        while (search.bits() < 12)
            search.run(1);
        assertThat(search.solution()).isEqualTo(0x0102030405060ef4L);
        assertThat(search.bits()).isEqualTo(12);
        Identity client = Identity.ofSeed(range(32, 32));
        assertThat(HEX.formatHex(client.sign(HelloTarget.signedByHolder(target))))
                .isEqualTo("0261441f285f26031d561cd82c1e4e00567a532476712c2e913f3ffb1c93ebe6"
                        + "28bfde0d7d42fa301d62e30efefeb8e51162725817f22df2e321ad9f73e15804");
    }

    @Test
    void post() {
        byte[] target = new byte[32];
        new HelloTarget().ofPost(HIGH, LOW, PORT, service.publicKey().bytes(), COOKIE, target);
        assertThat(HEX.formatHex(target)).isEqualTo("a737b0f4b250696cb7f51d0066af0fd30f32949ec97e1b94c0b0f781042db978");
        HashPuzzle.Search search = new HashPuzzle.Search(target, COOKIE);
        while (search.bits() < 10)
            search.run(1);
        int length = Post.write(s, 0, 0x01020304, COOKIE, service.publicKey().idHigh(), service.publicKey().idLow(),
                6_000, 2, DoorConfig.ALL_KINDS, 80, false, 1);
        Post.putNonce(s, 0, 0, 0x4041424344454647L, 0x48494a4b4c4d4e4fL);
        Post.putNonce(s, 0, 1, 0x5051525354555657L, 0x58595a5b5c5d5e5fL);
        Post.putTail(s, 0, HIGH, LOW, PORT, 5, search.solution(), service.publicKey().bytes());
        Post.putRevoked(s, 0, 0, 7);
        Post.putSignature(s, 0, length, service.sign(Post.signed(s, 0, length)));
        assertThat(HEX.formatHex(Arrays.copyOf(bytes, length))).isEqualTo(
                "3000010001020304112233445566778856475aa75463474c0285df5dbf2bcab705dc020e500001004041424344454647"
                        + "48494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f00000000000000000000ffffc00002011194000000000000"
                        + "00000000000000051122334455667af003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
                        + "000000000000000747d780fdab92d1cb21ff88d70626df1fd5fbee38d47a18e9309e9ca92602468c85b6c1a456bfcd17"
                        + "08a9485bf2a5be93b46a90ae8bbac776989a690e6e585b02");
        assertThat(Post.wellFormed(s, 0, length)).isTrue();
    }

    @Test
    void hello() {
        byte[] sealed = "sealed hello, longer".getBytes(StandardCharsets.US_ASCII);
        Hello.write(s, 0, 9, COOKIE, 0x3031323334353637L, 0x38393a3b3c3d3e3fL);
        int content = Hello.writeContent(s, Hello.CONTENT, Hello.HASH, sealed);
        Hello.putChallenge(s, Hello.CONTENT, 0x2021222324252627L, 0x28292a2b2c2d2e2fL, HelloTarget.digest(sealed));
        Hello.putSeed(s, Hello.CONTENT, 0x01020304050620b7L);
        assertThat(HEX.formatHex(Arrays.copyOf(bytes, Hello.CONTENT + content))).isEqualTo("3100010000000009"
                + "1122334455667788" + "303132333435363738393a3b3c3d3e3f" + "01000028"
                + "202122232425262728292a2b2c2d2e2f" + "87ced3a9c9aa42c8fc5fe53a5614e540"
                + "01020304050620b7" + HEX.formatHex(sealed));
        assertThat(Hello.wellFormed(s, 0, Hello.CONTENT + content)).isTrue();
    }

    @Test
    void challenge() {
        int length = Challenge.write(s, 0, 9, 0x3031323334353637L, 0x38393a3b3c3d3e3fL, 0x2021222324252627L,
                0x28292a2b2c2d2e2fL, 45, DoorConfig.ALL_KINDS, Challenge.QUEUED, 11, 13);
        assertThat(HEX.formatHex(Arrays.copyOf(bytes, length)))
                .isEqualTo("3300010000000009" + "303132333435363738393a3b3c3d3e3f" + "202122232425262728292a2b2c2d2e2f"
                        + "002d" + "0e" + "01" + "0b" + "0d" + "0000");
    }
}
