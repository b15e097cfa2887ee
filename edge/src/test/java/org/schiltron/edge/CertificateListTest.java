package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.SeededRandom;

class CertificateListTest {
    /** O=Example, CN=alice; from 22 November 2026 to 19 November 2036. */
    private static final String PEM = """
            -----BEGIN CERTIFICATE-----
            MIIBmTCCAT+gAwIBAgIUAeC6o/Q+arU4nGpzqRFVkG+nl+YwCgYIKoZIzj0EAwIw
            IjEQMA4GA1UECgwHRXhhbXBsZTEOMAwGA1UEAwwFYWxpY2UwHhcNMjYxMTIyMDQy
            NzM4WhcNMzYxMTE5MDQyNzM4WjAiMRAwDgYDVQQKDAdFeGFtcGxlMQ4wDAYDVQQD
            DAVhbGljZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAceTiG3lD4snjZ1QIJU
            i/0xETgn19ZUw1jtGKOQQ8mZXnjuH51/IISB73qcUibg0G0XRuWHVYeA1tWmFDFg
            rw+jUzBRMB0GA1UdDgQWBBT37TiOgJoMuzuSAE48ETHNGXO2ejAfBgNVHSMEGDAW
            gBT37TiOgJoMuzuSAE48ETHNGXO2ejAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49
            BAMCA0gAMEUCIQDw90bTJosgbf68366XuC9I32Dq6/eSR72UG1FEv2d8tAIgINlD
            gp8+jnJjmvu/GASs0ANtNuMeVQEA8k2E1VlOKtk=
            -----END CERTIFICATE-----
            """;
    private static final String FINGERPRINT = "45:5F:2A:CC:04:A6:DF:7F:DA:14:9D:38:7E:88:19:91:"
            + "FF:49:F9:BB:79:38:AE:9E:9E:8E:A3:42:5C:4A:58:0C";
    private static final long NOW = 1_800_000_000;

    static X509Certificate certificate() {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(PEM.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256:" + FINGERPRINT,
            "sha256: 455f2acc04a6df7fda149d387e881991ff49f9bb7938ae9e9e8ea3425c4a580c",
            "subject:CN=alice,O=Example", "subject: cn=ALICE , o=example"})
    void aListedCertificateIsLetIn(String line) {
        CertificateList list = CertificateList.parse(List.of("# ours", "", line));
        assertThat(list.client(certificate(), NOW)).isEqualTo("CN=alice,O=Example");
        assertThat(list.client(certificate(), 1_790_000_000)).as("not valid yet").isNull();
        assertThat(list.client(certificate(), 2_200_000_000L)).as("no more").isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"# nobody", "subject:CN=alice", "subject:CN=alice,O=Example,C=NL",
            "subject:O=Example,CN=alice",
            "sha256:055f2acc04a6df7fda149d387e881991ff49f9bb7938ae9e9e8ea3425c4a580c"})
    void anotherIsNot(String line) {
        assertThat(CertificateList.parse(List.of(line)).client(certificate(), NOW)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "sha256:12", "sha1:" + FINGERPRINT, "subject:alice", "subject:CN", "sha25",
            "subject:=x",
            "sha256:zz5f2acc04a6df7fda149d387e881991ff49f9bb7938ae9e9e8ea3425c4a580c"})
    void aBadLineIsNamed(String line) {
        assertThatThrownBy(() -> CertificateList.parse(List.of("", line))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("line 2: ");
    }

    @Test
    void atTheDoor() {
        for (Authentication earn : List.of(Authentication.NONE, Authentication.MTLS)) {
            SourceGrants grants = new SourceGrants(2);
            Doorkeeper door = new Doorkeeper(
                    DoorSettings.of("Shop", earn == Authentication.NONE ? Authentication.MTLS : Authentication.GRANT,
                            earn),
                    new EdgeKey(new byte[32]), new Credentials(null, null,
                            CertificateList.parse(List.of("sha256:" + FINGERPRINT)), grants),
                    new SeededRandom(1));
            Visitor alice = new Visitor(DoorkeeperTest.HERE.source(), true, certificate());
            String get = "GET / HTTP/1.1~Host: a~~";
            String form = "POST /.schiltron/grant HTTP/1.1~Host: a~Accept: text/html~~";
            assertThat(DoorkeeperTest.ask(door, get, DoorkeeperTest.HERE, NOW).status()).isEqualTo(403);
            if (earn == Authentication.MTLS) {
                assertThat(DoorkeeperTest.ask(door, form, DoorkeeperTest.HERE, NOW).body()).contains("none was shown");
                assertThat(DoorkeeperTest.ask(door, form, alice, NOW).status()).isEqualTo(303);
                assertThat(DoorkeeperTest.ask(door, get, DoorkeeperTest.HERE, NOW).status()).isZero();
            } else {
                assertThat(DoorkeeperTest.ask(door, get, alice, NOW).client()).isEqualTo("CN=alice,O=Example");
                assertThat(DoorkeeperTest.ask(door, get, alice, 2_200_000_000L).body()).contains("does not know");
            }
        }
    }
}
