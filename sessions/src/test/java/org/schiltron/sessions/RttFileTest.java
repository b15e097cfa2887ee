package org.schiltron.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class RttFileTest {
    private static final int HOSTS = 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** Hosts i and j are 10 |i - j| ms apart. */
    private static String[][] words() {
        String[][] words = new String[HOSTS][HOSTS];
        for (int i = 0; i < HOSTS; i++)
            for (int j = 0; j < HOSTS; j++)
                words[i][j] = String.valueOf(10 * Math.abs(i - j));
        return words;
    }

    private static String text(String[][] words) {
        StringBuilder text = new StringBuilder();
        for (String[] row : words)
            text.append(String.join("\t", row)).append('\n');
        return text.toString();
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("rtt"), bytes);
    }

    private Path file(String text) throws IOException {
        return file(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] packed(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new XZOutputStream(packed, new LZMA2Options(0))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }

    @Test
    void aMatrixIsReadPlainOrPacked() throws IOException {
        for (Path file : new Path[]{file(text(words())), file(packed(text(words()).replace("\n", "\r\n\n")))}) {
            RttMatrix rtt = RttFile.load(file);
            assertThat(rtt.size()).isEqualTo(HOSTS);
            assertThat(rtt.ms(3, 7)).isEqualTo(40);
            assertThat(rtt.oneWayNs(7, 3)).isEqualTo(20_000_000);
        }
    }

    @Test
    void directionsMayDifferAndARoundTripIsTheirMean() throws IOException {
        String[][] words = words();
        words[1][2] = "1.5e1";
        words[5][5] = "7";
        RttMatrix rtt = RttFile.load(file(text(words)));
        assertThat(rtt.ms(1, 2)).isCloseTo(12.5, within(1e-9)).isEqualTo(rtt.ms(2, 1));
        assertThat(rtt.oneWayNs(1, 2)).isEqualTo(7_500_000);
        assertThat(rtt.ms(5, 5)).as("a host and itself").isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -1          | :3: column 5: "-1" is not a round trip in milliseconds (0 to 60000)
            60001       | :3: column 5: "60001" is not a round trip
            NaN         | :3: column 5: "NaN" is not a round trip
            Infinity    | :3: column 5: "Infinity" is not a round trip
            1e99        | :3: column 5: "1e99" is not a round trip
            0x10        | :3: column 5: "0x10" is not a round trip
            1,5         | :3: column 5: "1,5" is not a round trip
            1 5         | :3: a row of 21 round trips; the first one has 20
            """)
    void aWrongCellIsNamed(String cell, String message) throws IOException {
        String[][] words = words();
        words[2][4] = cell;
        assertRefused(file(text(words)), message);
    }

    @Test
    void whatIsNotSquareIsRefused() throws IOException {
        String whole = text(words());
        String[] lines = whole.split("\n");
        assertRefused(file(String.join("\n", Arrays.copyOf(lines, 12))), ":12: the file ends after 12 rows of 20");
        assertRefused(file(whole.substring(0, whole.lastIndexOf('\t'))), ":20: a row of 19 round trips");
        assertRefused(file(whole + lines[0]), ":21: more rows than the 20 columns");
        assertRefused(file("1 2 3\n"), ":1: 3 round trips in a row: a matrix of 20 to 2000 hosts is wanted");
        assertRefused(file("0 ".repeat(2_001)), ":1: 2001 round trips in a row");
        assertRefused(file(""), ": 0 round trips in a row");
    }

    @Test
    void whatIsCutOrAnotherKindOfFileIsRefused() throws IOException {
        byte[] packed = packed(text(words()));
        assertRefused(file(Arrays.copyOf(packed, packed.length - 30)), "truncated");
        assertRefused(file(Arrays.copyOf(packed, 10)), "truncated");
        packed[packed.length / 2] ^= 0x55;
        assertRefused(file(packed), ": ");
        assertRefused(directory.resolve("none"), "there is no such file");
        assertRefused(directory, "cannot be read");
    }

    /** 1 GB of one line, or of lines without end, packed into kilobytes: refused at the first bytes too many. */
    @Test
    void aFileThatUnpacksWithoutEndIsRefused() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        byte[] zeros = new byte[1 << 20];
        Arrays.fill(zeros, (byte) '0');
        try (OutputStream out = new XZOutputStream(packed, new LZMA2Options(0))) {
            for (int i = 0; i < 64; i++)
                out.write(zeros);
        }
        assertRefused(file(packed.toByteArray()), ":1: a line longer than 65536 bytes");
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> RttFile.load(file)).isInstanceOf(BadMatrixException.class)
                .hasMessageStartingWith(file.toString()).hasMessageContaining(message);
    }
}
