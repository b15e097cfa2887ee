package org.schiltron.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;

class IdentityTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] COUNTING = HEX
            .parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

    /** RFC 8032, section 7.1, tests 1 to 3: secret, public, message, signature. */
    private static final String[][] SIGNATURES = {
            {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                            + "d25bf5f0595bbe24655141438e7a100b"},
            {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                            + "387b2eaeb4302aeeb00d291612bb0c00"},
            {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                            + "4a7c15e9716ed28dc027beceea1ec40a"}};

    @Test
    void rfc8032Signatures() {
        for (String[] row : SIGNATURES) {
            Identity identity = Identity.ofSeed(HEX.parseHex(row[0]));
            assertThat(identity.publicKey().bytes()).isEqualTo(HEX.parseHex(row[1]));
            assertThat(identity.sign(HEX.parseHex(row[2]))).isEqualTo(HEX.parseHex(row[3]));
            PublicKey key = PublicKey.of(HEX.parseHex(row[1]));
            assertThat(key.verify(HEX.parseHex(row[2]), HEX.parseHex(row[3]))).isTrue();
            assertThat(key.x25519()).isEqualTo(identity.publicKey().x25519());
        }
    }

    /** RFC 7748, section 5.2. */
    @Test
    void rfc7748ScalarMultiplication() {
        assertThat(x25519("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
                "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"))
                .isEqualTo("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
        assertThat(x25519("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
                "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493"))
                .isEqualTo("95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
        String k = "09" + "00".repeat(31);
        String u = k;
        for (int i = 0; i < 100; i++) {
            String next = x25519(k, u);
            u = k;
            k = next;
            if (i == 0)
                assertThat(k).isEqualTo("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
        }
    }

    /** libsodium, test/default/ed25519_convert.c. */
    @Test
    void theAgreementKeyIsLibsodiums() {
        Identity identity = Identity
                .ofSeed(HEX.parseHex("421151a459faeade3d247115f94aedae42318124095afabe4d1451a559faedee"));
        String expected = "f1814f0e8ff1043d8a44d25babff3cedcae6c22c3edaa48f857ae70de2baae50";
        assertThat(identity.publicKey().x25519()).isEqualTo(HEX.parseHex(expected));
        assertThat(Primitives.x25519Public(identity.agreement())).isEqualTo(HEX.parseHex(expected));
    }

    @Test
    void publicAndSecretAgreementKeysBelongTogether() {
        RandomSource random = Seeds.random();
        for (int i = 0; i < 20; i++) {
            Identity identity = Identity.generate(random);
            PublicKey read = PublicKey.of(identity.publicKey().bytes());
            assertThat(read).isEqualTo(identity.publicKey()).hasSameHashCodeAs(identity.publicKey());
            assertThat(read.x25519()).isEqualTo(Primitives.x25519Public(identity.agreement()));
            assertThat(PublicKey.parse(identity.publicKey().text())).isEqualTo(read);
            assertThat(read.verify(read.bytes(), identity.sign(read.bytes()))).isTrue();
        }
    }

    /** Quoted in docs/PROTOCOL.md. */
    @Test
    void protocolVector() {
        Identity identity = Identity.ofSeed(COUNTING);
        PublicKey key = identity.publicKey();
        assertThat(key.bytes())
                .isEqualTo(HEX.parseHex("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"));
        assertThat(key.x25519())
                .isEqualTo(HEX.parseHex("4701d08488451f545a409fb58ae3e58581ca40ac3f7f114698cd71deac73ca01"));
        assertThat(key).hasToString("aoqqpp7tzyil4hlq3umoos6atft6jvrqtosq2xy53sdgiesvgg4cz3y4");
        assertThat(key.idHigh()).isEqualTo(0x56475aa75463474cL);
        assertThat(key.idLow()).isEqualTo(0x0285df5dbf2bcab7L);
        ClientId client = ClientId.of(key.x25519());
        assertThat(client.text()).isEqualTo("imbr3uk2lclpojtp");
        assertThat(ClientId.parse("imbr3uk2lclpojtp")).isEqualTo(client);
        assertThat(client.bytes()).isEqualTo(HEX.parseHex("43031dd15a5896f7266f"));
    }

    @Test
    void theSecretIsNotShown() {
        Identity identity = Identity.ofSeed(COUNTING);
        assertThat(identity.toString()).contains(identity.publicKey().text()).doesNotContain("000102")
                .doesNotContain("aaaqeayeaudaocajbifq");
        byte[] seed = identity.seed();
        Arrays.fill(seed, (byte) 7);
        assertThat(identity.seed()).isEqualTo(COUNTING);
    }

    @Test
    void aSignatureOfAnotherMessageKeyOrFormFails() {
        Identity identity = Identity.ofSeed(COUNTING);
        byte[] message = {1, 2, 3};
        byte[] signature = identity.sign(message);
        for (int i = 0; i < signature.length; i++) {
            byte[] changed = signature.clone();
            changed[i] ^= 1;
            assertThat(identity.publicKey().verify(message, changed)).as("byte %d", i).isFalse();
        }
        assertThat(identity.publicKey().verify(new byte[]{1, 2}, signature)).isFalse();
        assertThat(Identity.ofSeed(new byte[32]).publicKey().verify(message, signature)).isFalse();
        for (int length : new int[]{0, 1, 63, 65, 128})
            assertThat(identity.publicKey().verify(message, Arrays.copyOf(signature, length))).isFalse();
    }

    @Test
    void pointsThatAreNoKeysAreRefused() {
        String f = "f".repeat(60);
        for (String hex : new String[]{"00".repeat(32), "00".repeat(31) + "80", // order 4
                "01" + "00".repeat(31), "01" + "00".repeat(30) + "80", // the identity, and its non-canonical form
                "ec" + f + "7f", "ec" + f + "ff", // order 2
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // order 8
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"})
            assertThatThrownBy(() -> PublicKey.of(HEX.parseHex(hex))).as(hex)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("small order");
        for (String hex : new String[]{"ed" + f + "7f", "ee" + f + "7f", "f0" + f + "7f", "ff" + f + "ff"})
            assertThatThrownBy(() -> PublicKey.of(HEX.parseHex(hex))).as(hex)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("canonical");
        assertThatThrownBy(() -> PublicKey.of(HEX.parseHex("02" + "00".repeat(31))))
                .hasMessageContaining("no point of the curve");
        assertThatThrownBy(() -> PublicKey.of(new byte[31])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Identity.ofSeed(new byte[33])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyTypingErrorInAKeyIsFound() {
        String text = Identity.ofSeed(COUNTING).publicKey().text();
        assertThat(PublicKey.parse(text.toUpperCase(java.util.Locale.ROOT))).hasToString(text);
        for (int i = 0; i < text.length(); i++) {
            String wrong = text.substring(0, i) + (text.charAt(i) == 'x' ? 'y' : 'x') + text.substring(i + 1);
            assertThatThrownBy(() -> PublicKey.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("typing error");
        }
        assertThatThrownBy(() -> PublicKey.parse(text.substring(1))).hasMessageContaining("56 characters");
        assertThatThrownBy(() -> PublicKey.parse(text.replace('q', '0'))).hasMessageContaining("is not one of a-z");
        assertThatThrownBy(() -> ClientId.parse("imbr3uk2lclpojt")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ClientId.parse("imbr3uk2lclpojt!")).isInstanceOf(IllegalArgumentException.class);
    }

    /** HKDF-Expand against the JDK's own. */
    @Test
    void hkdfIsTheJdks() throws Exception {
        var kdf = javax.crypto.KDF.getInstance("HKDF-SHA256");
        for (int length : new int[]{1, 16, 32, 33, 64, 100, 8_160}) {
            var parameters = javax.crypto.spec.HKDFParameterSpec.expandOnly(
                    new javax.crypto.spec.SecretKeySpec(COUNTING, "Generic"), new byte[]{'l', 'a', 'b', 'e', 'l'},
                    length);
            assertThat(Primitives.expand(COUNTING, "label", length)).isEqualTo(kdf.deriveData(parameters));
        }
        assertThatThrownBy(() -> Primitives.expand(COUNTING, "label", 8_161))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String x25519(String scalar, String u) {
        byte[] result = Primitives.x25519(Primitives.x25519Private(HEX.parseHex(scalar)), HEX.parseHex(u));
        return result == null ? "" : HEX.formatHex(result);
    }
}
