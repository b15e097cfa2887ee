package org.schiltron.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;

class TokenTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final long EXPIRES = 1_800_000_000;

    private final RandomSource random = Seeds.random();
    private final Identity service = Seeds.identity(0);
    private final Identity client = Seeds.identity(32);
    private final Token token = Token.issue(service, service.publicKey(), client.publicKey(), 7, EXPIRES, 12);

    /** Quoted in docs/PROTOCOL.md. */
    @Test
    void protocolVector() {
        assertThat(HEX.formatHex(token.encode())).isEqualTo(
                "73636869746f6b3156475aa75463474c0285df5dbf2bcab729acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c8"
                        + "9794bc9322966dd70000000000000007000000006b49d200000c000000000000b664467a18e569d1beec3f5a60b29283"
                        + "dcb8efe102a59d27a9f54276f5846c99035963c659c450780eba8c79054b5a6eabdfcd808c97707bdd4a211958a9d306");
        assertThat(token.text()).isEqualTo(
                "schiltron-token-1-onrwq2lun5vtcvshlktviy2hjqbilx25x4v4vnzjvs5ocqn4zlylelq2stju2c6hgypfe3il7yjmrf"
                        + "4uxsjsfftn24aaaaaaaaaaabyaaaaaa22j2iaaadaaaaaaaaaawzsem6qy4vu5dpxmh5ngbmusqpolr37baksz2j5j6vbhn5"
                        + "mensmqgwldyzm4iudyb25iy6ifjnng5k67zwaizf3qppouuiizlcu5gbsovkla");
    }

    @Test
    void whatIsIssuedIsRead() {
        byte[] around = new byte[200];
        System.arraycopy(token.encode(), 0, around, 9, Token.BYTES);
        for (Token read : new Token[]{Token.decode(token.encode(), 0), Token.decode(around, 9),
                Token.parse(token.text()), Token.parse("schiltron-token-1-"
                        + token.text().substring(18).toUpperCase(java.util.Locale.ROOT))}) {
            assertThat(read).isEqualTo(token).hasSameHashCodeAs(token);
            assertThat(read.isFor(service.publicKey())).isTrue();
            assertThat(read.isFor(client.publicKey())).isFalse();
            assertThat(read.client()).isEqualTo(client.publicKey());
            assertThat(read.serial()).isEqualTo(7);
            assertThat(read.expiresEpochSeconds()).isEqualTo(EXPIRES);
            assertThat(read.connectionsPerMinute()).isEqualTo(12);
            assertThat(read.signedBy(service.publicKey())).isTrue();
            assertThat(read.signedBy(client.publicKey())).isFalse();
        }
        assertThat(token.isExpired(EXPIRES - 1)).isFalse();
        assertThat(token.isExpired(EXPIRES)).isTrue();
        assertThat(token).hasToString("token 7");
    }

    @Test
    void aChangedTokenIsRefusedOrNotTheIssuers() {
        byte[] valid = token.encode();
        for (int at = 0; at < valid.length; at++) {
            byte[] changed = valid.clone();
            changed[at] ^= (byte) (1 << (at & 7));
            assertThat(accepted(changed)).as("byte %d", at).isFalse();
        }
        for (int length = 0; length < valid.length; length++) {
            byte[] cut = Arrays.copyOf(valid, length);
            assertThatThrownBy(() -> Token.decode(cut, 0)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("144 bytes");
        }
        for (int i = 0; i < 500; i++) {
            byte[] mutated = Seeds.mutate(random, valid);
            if (mutated.length < Token.BYTES || !Arrays.equals(mutated, 0, Token.BYTES, valid, 0, Token.BYTES))
                assertThat(accepted(mutated)).isFalse();
        }
    }

    @Test
    void whatIsWrongIsSaid() {
        for (Object[] row : new Object[][]{{0, 0x74, "not a token"}, {79, 1, "reserved"}, {56, 0x80, "serial"},
                {64, 0x80, "1970"}, {64, 1, "9999"}}) {
            byte[] bytes = token.encode();
            bytes[(int) row[0]] = (byte) (int) row[1];
            assertThatThrownBy(() -> Token.decode(bytes, 0)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining((String) row[2]);
        }
        for (String[] row : new String[][]{{"", "begins with"}, {"schiltron-token-2-a", "begins with"},
                {token.text().substring(0, 200), "characters"}, {token.text() + "a", "characters"},
                {token.text().replace("schiltron-token-1-o", "schiltron-token-1-p"), "checksum"}})
            assertThatThrownBy(() -> Token.parse(row[0])).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(row[1]);
        assertThatThrownBy(() -> Token.decode(token.encode(), -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Token.decode(token.encode(), Integer.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class);
        for (int rate : new int[]{-1, 65_536})
            assertThatThrownBy(() -> Token.issue(service, service.publicKey(), client.publicKey(), 1, EXPIRES, rate))
                    .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Token.issue(service, service.publicKey(), client.publicKey(), -1, EXPIRES, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** A signature does not make a client of bytes that are no key. */
    @Test
    void aTokenForNoKeyIsNobodys() {
        byte[] bytes = token.encode();
        Arrays.fill(bytes, 24, 56, (byte) 0);
        SignedForm.sign(service, bytes, 80, 80);
        Token forNobody = Token.decode(bytes, 0);
        assertThat(forNobody.signedBy(service.publicKey())).isFalse();
        assertThatThrownBy(forNobody::client).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a token's client key");
    }

    /** One token has one text: whoever compares texts compares tokens. */
    @Test
    void randomlyChangedTextsAreRefusedOrTheSame() {
        byte[] valid = token.text().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        for (int i = 0; i < 1_000; i++) {
            String text = new String(Seeds.mutate(random, valid), java.nio.charset.StandardCharsets.ISO_8859_1);
            try {
                assertThat(Token.parse(text)).isEqualTo(token);
                assertThat(text).isEqualToIgnoringCase(token.text());
            } catch (IllegalArgumentException e) {
                assertThat(e).message().matches("[ -~]+");
            }
        }
        assertThatThrownBy(() -> Base32.decode("it", "ab", 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("last character");
        for (int length = 0; length < 12; length++) {
            byte[] bytes = random.bytes(Math.max(1, length));
            assertThat(Base32.decode("it", Base32.encode(bytes), bytes.length)).isEqualTo(bytes);
        }
    }

    private boolean accepted(byte[] encoded) {
        try {
            return Token.decode(encoded, 0).signedBy(service.publicKey());
        } catch (IllegalArgumentException e) {
            assertThat(e).message().isNotBlank();
            return false;
        }
    }
}
