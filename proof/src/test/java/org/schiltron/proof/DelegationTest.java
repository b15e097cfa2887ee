package org.schiltron.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.Delegation.Use;

class DelegationTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final long FROM = 1_790_000_000;
    private static final long EXPIRES = 1_800_000_000;

    private final RandomSource random = Seeds.random();
    private final Identity service = Seeds.identity(0);
    private final Identity delegate = Seeds.identity(32);
    private final Delegation delegation = Delegation.sign(service, delegate.publicKey(), FROM, EXPIRES,
            EnumSet.of(Use.RECORDS, Use.HANDSHAKES, Use.TOKENS));

    /** Quoted in docs/PROTOCOL.md. */
    @Test
    void protocolVectors() {
        assertThat(HEX.formatHex(delegation.encode())).isEqualTo(
                "7363686964656c3103a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b829acbae141bccaf0"
                        + "b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7000000006ab13b80000000006b49d2000d00000000000000"
                        + "969667f68a99f9ac4ee6d3395dfe6c0354e04a1ac80f9397758af32b9601910abc6cedf0974fd0635fab6c4719766689"
                        + "00feaf555e86869bc46386a9affa750c");
        assertThat(HEX.formatHex(Succession.sign(service, delegate, FROM).encode())).isEqualTo(
                "736368697375633103a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b829acbae141bccaf0"
                        + "b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7000000006ab13b805b1796d426f4c57b393926949d428070"
                        + "23274c616b7a9d64c91dce56522ad0a5fa913f3d01c18898b63774872163e9113fabcb7739b9c9a31b2d7324ed8c7d0f"
                        + "8ccdab9a3b17bdd56f534a21ac7ec38ee02f2139f1f123ad82f362960e7fd1e30dafaf0d2380fb49ca819814373ccfe9"
                        + "f0297ad1ba0f320265a4e1f5ea93200d");
    }

    @Test
    void whatIsSignedIsRead() {
        byte[] around = new byte[200];
        System.arraycopy(delegation.encode(), 0, around, 9, Delegation.BYTES);
        for (Delegation read : new Delegation[]{Delegation.decode(delegation.encode(), 0),
                Delegation.decode(around, 9), Delegation.parse(delegation.text())}) {
            assertThat(read).isEqualTo(delegation).hasSameHashCodeAs(delegation);
            assertThat(read.service()).isEqualTo(service.publicKey());
            assertThat(read.delegate()).isEqualTo(delegate.publicKey());
            assertThat(read.notBeforeEpochSeconds()).isEqualTo(FROM);
            assertThat(read.expiresEpochSeconds()).isEqualTo(EXPIRES);
            assertThat(read.uses()).containsExactly(Use.RECORDS, Use.HANDSHAKES, Use.TOKENS);
        }
    }

    @Test
    void holdsForItsServiceUsesAndTimeAlone() {
        PublicKey key = service.publicKey();
        assertThat(delegation.check(key, Use.TOKENS, FROM)).isNull();
        assertThat(delegation.check(key, Use.RECORDS, EXPIRES - 1)).isNull();
        assertThat(delegation.check(key, Use.TOKENS, FROM - SignedForm.SKEW_SECONDS)).as("clocks differ").isNull();
        assertThat(delegation.check(key, Use.TOKENS, FROM - SignedForm.SKEW_SECONDS - 1))
                .isEqualTo("the delegation is not valid before 2026-09-21T14:13:20Z");
        assertThat(delegation.check(key, Use.TOKENS, EXPIRES))
                .isEqualTo("the delegation expired at 2027-01-15T08:00:00Z");
        assertThat(delegation.check(key, Use.BATCHES, FROM)).isEqualTo("the delegation is not for batches");
        assertThat(delegation.check(delegate.publicKey(), Use.TOKENS, FROM)).contains("another service");
        byte[] forged = delegation.encode();
        SignedForm.sign(delegate, forged, 96, 96);
        assertThat(Delegation.decode(forged, 0).check(key, Use.TOKENS, FROM)).contains("not signed by the service");
    }

    @Test
    void aChangedDelegationIsRefusedOrDoesNotHold() {
        byte[] valid = delegation.encode();
        for (int at = 0; at < valid.length; at++) {
            byte[] changed = valid.clone();
            changed[at] ^= (byte) (1 << (at & 7));
            assertThat(accepted(changed)).as("byte %d", at).isFalse();
        }
        for (int length = 0; length < valid.length; length++) {
            byte[] cut = Arrays.copyOf(valid, length);
            assertThatThrownBy(() -> Delegation.decode(cut, 0)).isInstanceOf(IllegalArgumentException.class);
        }
        for (int i = 0; i < 500; i++) {
            byte[] mutated = Seeds.mutate(random, valid);
            if (mutated.length < valid.length || !Arrays.equals(mutated, 0, valid.length, valid, 0, valid.length))
                assertThat(accepted(mutated)).isFalse();
        }
        for (Object[] row : new Object[][]{{88, 0, "uses"}, {88, 0x10, "uses"}, {95, 1, "reserved"},
                {0, 0, "not a delegation"}, {76, 0xff, "expires before"}, {80, 1, "9999"}}) {
            byte[] bytes = delegation.encode();
            bytes[(int) row[0]] = (byte) (int) row[1];
            assertThatThrownBy(() -> Delegation.decode(bytes, 0)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining((String) row[2]);
        }
        assertThatThrownBy(() -> Delegation.sign(service, delegate.publicKey(), FROM, EXPIRES,
                EnumSet.noneOf(Use.class))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Delegation.sign(service, delegate.publicKey(), FROM, FROM, Set.of(Use.TOKENS)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSuccessionNeedsBothKeys() {
        Succession succession = Succession.sign(service, delegate, FROM);
        Succession read = Succession.parse(succession.text());
        assertThat(read).isEqualTo(succession).hasSameHashCodeAs(succession);
        assertThat(read.from()).isEqualTo(service.publicKey());
        assertThat(read.to()).isEqualTo(delegate.publicKey());
        assertThat(read.issuedEpochSeconds()).isEqualTo(FROM);
        assertThat(read.check(FROM)).isNull();
        assertThat(read.check(FROM - SignedForm.SKEW_SECONDS - 1)).contains("not valid before");
        Identity stranger = Identity.generate(random);
        for (int at : new int[]{80, 144}) {
            byte[] forged = succession.encode();
            SignedForm.sign(stranger, forged, 80, at);
            assertThat(Succession.decode(forged, 0).check(FROM)).contains(at == 80 ? "old key" : "new key");
        }
        byte[] valid = succession.encode();
        for (int i = 0; i < 300; i++) {
            byte[] mutated = Seeds.mutate(random, valid);
            if (mutated.length >= valid.length && Arrays.equals(mutated, 0, valid.length, valid, 0, valid.length))
                continue;
            try {
                assertThat(Succession.decode(mutated, 0).check(FROM)).isNotBlank();
            } catch (IllegalArgumentException e) {
                assertThat(e).message().isNotBlank();
            }
        }
        assertThatThrownBy(() -> Succession.sign(service, service, FROM))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Succession.isText(succession.text())).isTrue();
        assertThat(Succession.isText(delegation.text())).isFalse();
    }

    private boolean accepted(byte[] encoded) {
        try {
            return Delegation.decode(encoded, 0).check(service.publicKey(), Use.TOKENS, FROM) == null;
        } catch (IllegalArgumentException e) {
            assertThat(e).message().isNotBlank();
            return false;
        }
    }
}
