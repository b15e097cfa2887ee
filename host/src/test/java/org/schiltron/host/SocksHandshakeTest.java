package org.schiltron.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes in, bytes out, and what becomes of the connection. */
class SocksHandshakeTest {
    private static final String REFUSED = "00 01 00000000 0000";

    /** Names stand in quotes: their length and letters. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, value = {
            "a named backend        | 05 01 00 05 01 00 03 'web.schiltron' 0050      | 0500 | CONNECTING | web",
            "whatever the case      | 05 01 00 05 01 00 03 'WeB.Schiltron' 01bb      | 0500 | CONNECTING | web",
            "the default backend    | 05 01 00 05 01 00 03 'schiltron' 0050          | 0500 | CONNECTING | ''",
            "a choice of methods    | 05 03 02 01 00 05 01 00 03 'a-b.c.schiltron' 0001 | 0500 | CONNECTING | a-b.c",
            "bytes after it         | 05 01 00 05 01 00 03 'web.schiltron' 0050 474554 | 0500 | CONNECTING | web",
            "greeting only          | 05 01 00                                       | 0500 | REQUEST    | ''",
            "half a greeting        | 05 02 00                                       |      | GREETING   | ''",
            "half a request         | 05 01 00 05 01 00 03 0d 7765                   | 0500 | REQUEST    | ''",
            "SOCKS4                 | 04 01 0050 7f000001 00                         |      | REFUSED    | ''",
            "HTTP                   | 474554202f                                     |      | REFUSED    | ''",
            "password only          | 05 01 02                                       | 05ff | REFUSED    | ''",
            "no method at all       | 05 00                                          | 05ff | REFUSED    | ''",
            "another version inside | 05 01 00 04 01 00 03 'web.schiltron' 0050      | 0500 | REFUSED    | ''",
            "another host           | 05 01 00 05 01 00 03 'example.org' 0050        | 0500 05 02 REST | REFUSED | ''",
            "a suffix of a word     | 05 01 00 05 01 00 03 'webschiltron' 0050       | 0500 05 02 REST | REFUSED | ''",
            "an empty label         | 05 01 00 05 01 00 03 '.schiltron' 0050         | 0500 05 02 REST | REFUSED | ''",
            "a strange name         | 05 01 00 05 01 00 03 'a b.schiltron' 0050      | 0500 05 02 REST | REFUSED | ''",
            "an empty name          | 05 01 00 05 01 00 03 '' 0050                   | 0500 05 02 REST | REFUSED | ''",
            "an IPv4 address        | 05 01 00 05 01 00 01 7f000001 0050             | 0500 05 02 REST | REFUSED | ''",
            "an IPv6 address        | 05 01 00 05 01 00 04 20010db8000000000000000000000001 0050 | 0500 05 02 REST | REFUSED | ''",
            "BIND                   | 05 01 00 05 02 00 03 'web.schiltron' 0050      | 0500 05 07 REST | REFUSED | ''",
            "UDP ASSOCIATE          | 05 01 00 05 03 00 01 00000000 0000             | 0500 | ASSOCIATING | ''",
            "UDP from an address    | 05 01 00 05 03 00 04 00000000000000000000000000000001 1234 | 0500 | ASSOCIATING | ''",
            "UDP from a name        | 05 01 00 05 03 00 03 'localhost' 1234          | 0500 | ASSOCIATING | ''",
            "an unknown type        | 05 01 00 05 01 00 09 00                        | 0500 05 08 REST | REFUSED | ''"}, quoteCharacter = '`')
    void rows(String name, String in, String out, SocksHandshake.State state, String target) {
        byte[] bytes = bytes(in);
        byte[] expected = out == null ? new byte[0] : bytes(out.replace("REST", REFUSED));
        for (int step : new int[]{1, 3, bytes.length}) {
            SocksHandshake handshake = new SocksHandshake();
            ByteArrayOutputStream answers = new ByteArrayOutputStream();
            int at = 0;
            while (at < bytes.length) {
                int taken = handshake.feed(bytes, at, Math.min(step, bytes.length - at));
                answers.writeBytes(handshake.answer());
                at += taken;
                if (taken == 0)
                    break;
            }
            assertThat(answers.toByteArray()).as("in steps of %d", step).isEqualTo(expected);
            assertThat(handshake.state()).isEqualTo(state);
            assertThat("'" + handshake.target() + "'").isEqualTo(target.equals("''") ? target : "'" + target + "'");
            if (name.startsWith("bytes after"))
                assertThat(bytes.length - at).isEqualTo(3);
        }
    }

    private static byte[] bytes(String row) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String[] parts = row.split("'", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i % 2 == 0) {
                out.writeBytes(HexFormat.of().parseHex(parts[i].replace(" ", "")));
            } else {
                out.write(parts[i].length());
                out.writeBytes(parts[i].getBytes(StandardCharsets.US_ASCII));
            }
        }
        return out.toByteArray();
    }
}
