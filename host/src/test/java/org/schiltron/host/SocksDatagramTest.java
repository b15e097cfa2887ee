package org.schiltron.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.machine.SeededRandom;

/** Headers of datagrams, and mutants of them: a target and a length within the datagram, or a reason. */
class SocksDatagramTest {
    private static final int MUTANTS = Integer.getInteger("schiltron.mutants", 50_000);
    private static final List<String> CORPUS = List.of("00000003'dns.schiltron'0035 abcd", "00000003'schiltron'0000",
            "00000001 7f000001 0035 abcd", "00000004 20010db8000000000000000000000001 0035",
            "00000103'a.schiltron'0001ff",
            "00000003'" + "a".repeat(255) + "'0035");

    /** Names stand in quotes: their length and letters. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, quoteCharacter = '`', value = {
            "a named backend       | 0000 00 03 'dns.schiltron' 0035 abcd | -                 | dns",
            "whatever the case     | 0000 00 03 'DNS.Schiltron' 0035      | -                 | dns",
            "the default one       | 0000 00 03 'schiltron' 0035 00       | -                 | ''",
            "a fragment            | 0000 01 03 'dns.schiltron' 0035 abcd | SOCKS_FRAGMENT    | ''",
            "the last fragment     | 0000 81 03 'dns.schiltron' 0035 abcd | SOCKS_FRAGMENT    | ''",
            "reserved bytes in use | 0100 00 03 'dns.schiltron' 0035 abcd | SOCKS_MALFORMED   | ''",
            "another host          | 0000 00 03 'example.org' 0035 abcd   | SOCKS_NOT_ALLOWED | ''",
            "an empty name         | 0000 00 03 '' 0035 abcd              | SOCKS_NOT_ALLOWED | ''",
            "IPv4                  | 0000 00 01 7f000001 0035 abcd        | SOCKS_NOT_ALLOWED | ''",
            "IPv6                  | 0000 00 04 00000000000000000000000000000001 0035 | SOCKS_NOT_ALLOWED | ''",
            "an unknown type       | 0000 00 09 7f000001 0035 abcd        | SOCKS_MALFORMED   | ''",
            "a name cut off        | 0000 00 03 0d 646e73                 | SOCKS_MALFORMED   | ''",
            "a port cut off        | 0000 00 01 7f000001 00               | SOCKS_MALFORMED   | ''",
            "a type alone          | 0000 00 03                           | SOCKS_MALFORMED   | ''"})
    void rows(String name, String header, String drop, String target) {
        byte[] bytes = bytes(header);
        SocksDatagram datagram = SocksDatagram.decode(bytes, bytes.length);
        assertThat(datagram.drop()).isEqualTo(drop.equals("-") ? null : RelayDrop.valueOf(drop));
        assertThat(datagram.target()).isEqualTo(target.equals("''") ? "" : target);
        if (datagram.drop() == null)
            assertThat(datagram.headerLength()).isEqualTo(4 + 1 + (bytes[4] & 0xff) + 2);
    }

    @Test
    void anEmptyDatagramIsMalformed() {
        assertThat(SocksDatagram.decode(new byte[0], 0).drop()).isEqualTo(RelayDrop.SOCKS_MALFORMED);
    }

    @Test
    void whateverComesIsTakenOrDropped() {
        long seed = Long.getLong("schiltron.seed", 1);
        SeededRandom random = new SeededRandom(seed);
        int taken = 0;
        for (int i = 0; i < MUTANTS; i++) {
            byte[] bytes = bytes(CORPUS.get(i < CORPUS.size() ? i : random.nextInt(CORPUS.size())));
            for (int changes = i < CORPUS.size() ? 0 : random.nextInt(4); changes > 0; changes--)
                bytes[random.nextInt(bytes.length)] = (byte) (random.nextInt(3) == 0 ? 0 : random.nextLong());
            if (random.nextInt(4) == 0)
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 300));
            try {
                SocksDatagram datagram = SocksDatagram.decode(bytes, bytes.length);
                if (datagram.drop() != null)
                    continue;
                taken++;
                assertThat(datagram.headerLength()).isBetween(4 + 1 + 9 + 2, bytes.length);
                assertThat(datagram.target()).matches("|[a-z0-9][a-z0-9._-]{0,62}");
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(bytes), e);
            }
        }
        assertThat(taken).isBetween(MUTANTS / 20, MUTANTS - MUTANTS / 20);
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
