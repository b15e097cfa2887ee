package org.schiltron.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SeededRandom;

class HandshakeTest {
    private static final byte[] PROLOGUE = "test".getBytes(StandardCharsets.UTF_8);

    private final RandomSource random = Seeds.random();
    private final Identity service = Identity.generate(random);
    private final Identity client = Identity.generate(random);

    /** Published by the cacophony project (vectors/cacophony.txt), Noise_IK_25519_AESGCM_SHA256. */
    @Test
    void cacophonyVector() {
        vector("4a6f686e2047616c74", "e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1",
                "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
                "31e0303fd6418d2f8c0e78b91f22e8caed0fbe48656dcf4767e4834f701b8f62",
                "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893",
                "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
                "669c8640d9e42a3cda2f232f78597ceefb01daa6e3df81181ccce6fc6b5026bf", new String[][]{
                        {"4c756477696720766f6e204d69736573",
                                "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944"
                                        + "4e417bc55c7a8166c993356c1be41ef67818a292426f301556c7f26b21d25ddb"
                                        + "097153891a9a956cff47b83e63ad8d701c1342c209cff1ca5ecd43402762ac24"
                                        + "9e3bd3a4c0a145fe07cb5dae28ea13a3"},
                        {"4d757272617920526f746862617264",
                                "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843"
                                        + "af2ccf9972e22afc67aeafcd25162f7f98c363b7762e3e4cb7d272e39f27a5"},
                        {"462e20412e20486179656b", "66acfc92e3197de166809e6d4d5d003dcc819a84bc3522ca53c9d9"},
                        {"4361726c204d656e676572", "71f89aa6533a6de70b0826864dd75f60806ee40170c16290189eb3"}});
    }

    /** Published by the snow project (tests/vectors/snow.txt), Noise_IK_25519_AESGCM_SHA256. */
    @Test
    void snowVector() {
        vector("5468657265206973206e6f20726967687420616e642077726f6e672e2054686572652773206f6e6c792066756e20616e6420626f7"
                + "2696e672e", "98faebfdc44a30b111d755708980f247e06f6fd40909fec3d675508952a3f615",
                "01fed814d96619ca317a6011dab28db5f32cb9a29d9bdad0eaca9eb48d7b57c4",
                "229acb57fac29aef3ac9337bd1f323cb48c30f9483471975f4e6aa8bf02e7e77",
                "bf6aaf9bc0cd92c4c5f93ef0797f02b3bec9498cfb4a3b338f34b4d682112154",
                "9af33ff27f261005a3e57f7a32a6abd17f57834b74b22bb7b7633abe80cd1f95", "", new String[][]{
                        {"8cb1797838a7e55bee256343e843befa874c504eb42eabcc843d26707fb3f051",
                                "c3b79ee926435e045ffe4b100c9b7fd2548df6dbe26cdaf9ba7672e094abd469"
                                        + "44b359dc54c040932dc7a5797b0efb1624fefa0161ef1fce7c196d06ae9ad192"
                                        + "5c1d1127ae542bf18e8f5a4e3c0b7ba242e47b9dd5779de7ed251fac157c5957"
                                        + "d33db53bb9e8d6f31ec0b0dc8f79855a139129acacdcea89ee8e29943c8fcde9"},
                        {"43365623b9d678439fe922abb9b75c2ded28fbaaa0ef2c0155b650bb3eca706d",
                                "24ad0a9c3e786b299f8d2bd2edb4af785d5ffa432cb278a66234cf8e8f0a902c"
                                        + "09a740060f734f0be6b91f563e4384a8da2e34bcc077ab29a017407dfae20a83"
                                        + "86bb50d3df38dbfd2b57d39e6f7f667f"},
                        {"b9eed3d18bae1234e8180140025344e29b72d32db52ca89b142a1ac47295c91e",
                                "1bb7ca95b86a472beac1fe0a203b3b1f0f0238669e89ac18819674ea34f158bd"
                                        + "613721e58ea4339772aaff3f060086db"},
                        {"8a0724a71789f642fc06a2af90be6dded6bf2b5ab1a32e210ef19945cd0b9b68",
                                "c57711be5a672510e6025bc0089a60d8abe47f6ae56bc7f794b8ec3d632f7a43"
                                        + "78450ba76584ca1f23b9ae92cb72a1e0"}});
    }

    /** Quoted in docs/PROTOCOL.md. */
    @Test
    void protocolVector() {
        Identity local = Identity.ofSeed(counting(0));
        Identity remote = Identity.ofSeed(counting(0x20));
        Handshake i = Handshake.initiator(local, remote.publicKey(), bytes("prologue"), fixed(counting(0x40)));
        Handshake r = Handshake.responder(remote, bytes("prologue"), fixed(counting(0x60)));
        byte[] first = i.write(bytes("hello"));
        assertThat(first).isEqualTo(hex("79a631eede1bf9c98f12032cdeadd0e7a079398fc786b88cc846ec89af85a51a332b98707"
                + "abf75996726ae60709d0e3805f31b3031106f957e4c193fc6cde40646d3d7b277f43385019ddb824366badcdb385120"
                + "23216613c3ad9b046ed266ffef39776fcb"));
        assertThat(r.read(first)).isEqualTo(bytes("hello"));
        byte[] second = r.write(bytes("welcome"));
        assertThat(second).isEqualTo(hex("675dd574ed7789310b3d2e7681f3790b466c773b1521fecf36577958371ea52fa826a8a19"
                + "0434f6ca994e84ec1dcb73b00b8aa1b0b9ed3"));
        assertThat(i.read(second)).isEqualTo(bytes("welcome"));
        assertThat(i.hash()).isEqualTo(hex("0347219525a2f9554b03ad093aab6f6f3e2502ca85d44cc893fd72e06c0f8fef"));
        assertThat(i.secret("test", 32))
                .isEqualTo(hex("073cde32293eb4907b2747e57a7f031fe5bd67eb8b90cbab5ace8342328acd27"));
    }

    @Test
    void bothEndsLearnTheSameSecretsAndEachOther() {
        Handshake i = Handshake.initiator(client, service.publicKey(), PROLOGUE, random);
        Handshake r = Handshake.responder(service, PROLOGUE, random);
        byte[] first = i.write(bytes("hello"));
        assertThat(first).hasSize(Handshake.FIRST_OVERHEAD + 5);
        assertThat(r.read(first)).isEqualTo(bytes("hello"));
        assertThat(r.remoteX25519()).isEqualTo(client.publicKey().x25519());
        byte[] second = r.write(bytes("welcome"));
        assertThat(second).hasSize(Handshake.SECOND_OVERHEAD + 7);
        assertThat(r.finished()).isTrue();
        assertThat(i.finished()).isFalse();
        assertThat(i.read(second)).isEqualTo(bytes("welcome"));
        assertThat(i.finished()).isTrue();
        assertThat(i.hash()).isEqualTo(r.hash());
        assertThat(i.secret("up", 32)).isEqualTo(r.secret("up", 32)).isNotEqualTo(i.secret("down", 32));
        assertThat(i.secret("up", 100)).startsWith(i.secret("up", 32));
        assertThat(i.secret("up", 32)).isNotEqualTo(i.split()[0]).isNotEqualTo(i.split()[1]);
    }

    @Test
    void twoHandshakesShareNoSecret() {
        Handshake[] a = finished();
        Handshake[] b = finished();
        assertThat(a[0].secret("up", 32)).isNotEqualTo(b[0].secret("up", 32));
        assertThat(a[0].hash()).isNotEqualTo(b[0].hash());
    }

    @Test
    void everyFlippedBitIsFoundAndTheHandshakeGoesOn() {
        Handshake i = Handshake.initiator(client, service.publicKey(), PROLOGUE, random);
        Handshake r = Handshake.responder(service, PROLOGUE, random);
        byte[] first = i.write(bytes("hello"));
        rejectsEveryChange(r, first);
        assertThat(r.read(first)).isEqualTo(bytes("hello"));
        byte[] second = r.write(bytes("welcome"));
        rejectsEveryChange(i, second);
        assertThat(i.read(second)).isEqualTo(bytes("welcome"));
        assertThat(i.secret("x", 16)).isEqualTo(r.secret("x", 16));
    }

    private static void rejectsEveryChange(Handshake reader, byte[] message) {
        for (int at = 0; at < message.length; at++) {
            byte[] changed = message.clone();
            changed[at] ^= (byte) (at == 31 ? 1 : 1 << (at & 7)); // bit 255 of a point is ignored, but hashed
            assertThat(reader.read(changed)).as("byte %d", at).isNull();
        }
        for (int length = 0; length < message.length; length++)
            assertThat(reader.read(Arrays.copyOf(message, length))).as("length %d", length).isNull();
        assertThat(reader.read(Arrays.copyOf(message, message.length + 1))).isNull();
        assertThat(reader.read(new byte[70_000])).isNull();
    }

    @Test
    void wrongServiceKeyPrologueOrDirectionIsRejected() {
        byte[] first = Handshake.initiator(client, service.publicKey(), PROLOGUE, random).write(bytes("hello"));
        assertThat(Handshake.responder(client, PROLOGUE, random).read(first)).isNull();
        assertThat(Handshake.responder(service, bytes("other"), random).read(first)).isNull();
        Handshake i = Handshake.initiator(client, service.publicKey(), PROLOGUE, random);
        byte[] own = i.write(bytes("hello"));
        assertThat(i.read(own)).as("reflected").isNull();
    }

    @Test
    void aMessageIsReadOnceAndWrittenInTurn() {
        Handshake i = Handshake.initiator(client, service.publicKey(), PROLOGUE, random);
        Handshake r = Handshake.responder(service, PROLOGUE, random);
        assertThatThrownBy(() -> r.write(bytes(""))).isInstanceOf(IllegalStateException.class);
        byte[] first = i.write(bytes("hello"));
        assertThatThrownBy(() -> i.write(bytes(""))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> i.secret("up", 32)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(r::remoteX25519).isInstanceOf(IllegalStateException.class);
        assertThat(r.read(first)).isNotNull();
        assertThat(r.read(first)).as("read again").isNull();
    }

    @Test
    void aSecondMessageForAnotherHandshakeIsRejected() {
        Handshake i = Handshake.initiator(client, service.publicKey(), PROLOGUE, random);
        i.write(bytes("hello"));
        Handshake other = Handshake.initiator(client, service.publicKey(), PROLOGUE, random);
        Handshake r = Handshake.responder(service, PROLOGUE, random);
        assertThat(r.read(other.write(bytes("hello")))).isNotNull();
        assertThat(i.read(r.write(bytes("welcome")))).isNull();
    }

    @Test
    void pointsOfSmallOrderAreRejected() {
        for (String point : new String[]{"00", "01", "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
            byte[] message = Arrays.copyOf(hex(point), 200);
            assertThat(Handshake.responder(service, PROLOGUE, random).read(message)).as(point).isNull();
        }
    }

    @Test
    void randomAndMutatedMessagesNeverThrow() {
        byte[] valid = Handshake.initiator(client, service.publicKey(), PROLOGUE, random).write(bytes("hello"));
        Handshake r = Handshake.responder(service, PROLOGUE, random);
        for (int i = 0; i < 300; i++) {
            byte[] mutated = Seeds.mutate(random, valid);
            if (!Arrays.equals(mutated, valid))
                assertThat(r.read(mutated)).isNull();
        }
    }

    @Test
    void theSameSeedGivesTheSameHandshake() {
        byte[] a = Handshake.initiator(client, service.publicKey(), PROLOGUE, new SeededRandom(7)).write(bytes("x"));
        byte[] b = Handshake.initiator(client, service.publicKey(), PROLOGUE, new SeededRandom(7)).write(bytes("x"));
        assertThat(a).isEqualTo(b);
    }

    private Handshake[] finished() {
        Handshake i = Handshake.initiator(client, service.publicKey(), PROLOGUE, random);
        Handshake r = Handshake.responder(service, PROLOGUE, random);
        r.read(i.write(bytes("")));
        i.read(r.write(bytes("")));
        return new Handshake[]{i, r};
    }

    private static void vector(String prologue, String initiatorStatic, String initiatorEphemeral,
            String responderPublic, String responderStatic, String responderEphemeral, String hash,
            String[][] messages) {
        var is = Primitives.x25519Private(hex(initiatorStatic));
        var rs = Primitives.x25519Private(hex(responderStatic));
        assertThat(Primitives.x25519Public(rs)).isEqualTo(hex(responderPublic));
        Handshake i = new Handshake(is, Primitives.x25519Public(is), hex(responderPublic), hex(prologue),
                fixed(hex(initiatorEphemeral)));
        Handshake r = new Handshake(rs, hex(responderPublic), null, hex(prologue), fixed(hex(responderEphemeral)));
        byte[] first = i.write(hex(messages[0][0]));
        assertThat(first).isEqualTo(hex(messages[0][1]));
        assertThat(r.read(first)).isEqualTo(hex(messages[0][0]));
        byte[] second = r.write(hex(messages[1][0]));
        assertThat(second).isEqualTo(hex(messages[1][1]));
        assertThat(i.read(second)).isEqualTo(hex(messages[1][0]));
        if (!hash.isEmpty())
            assertThat(i.hash()).isEqualTo(hex(hash));
        // The transport messages check the final chaining key, from which our secrets come too.
        for (int m = 2; m < messages.length; m++) {
            byte[] sealed = NoiseState.crypt(Cipher.ENCRYPT_MODE, r.split()[m & 1], 0, new byte[0],
                    hex(messages[m][0]));
            assertThat(Objects.requireNonNull(sealed)).isEqualTo(hex(messages[m][1]));
        }
    }

    private static RandomSource fixed(byte[] bytes) {
        return new RandomSource() {
            @Override
            public long nextLong() {
                throw new IllegalStateException("only whole keys are drawn");
            }

            @Override
            public void fill(byte[] target) {
                System.arraycopy(bytes, 0, target, 0, target.length);
            }
        };
    }

    private static byte[] counting(int from) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 32; i++)
            bytes[i] = (byte) (from + i);
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
