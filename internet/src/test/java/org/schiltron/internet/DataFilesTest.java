package org.schiltron.internet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class DataFilesTest {
    private static final AsGraph GRAPH = Graphs.of("1|2|-1", "1|3|-1", "1|4294967295|-1");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void countsAreAddedUpByAsWithTheirCountries() throws IOException {
        Path file = file("asn\tcount\tcc\n1\t256\tNL\n2\t512\tDE\n2\t8\tDE\n77\t9\tFR\nAS4294967295\t1.5\tJP\n");
        AsWeights weights = AsWeights.load(file, GRAPH, 1, 1, 2);
        assertThat(weights.values()).containsExactly(256, 520, 0, 1.5);
        assertThat(weights.country()).containsExactly("NL", "DE", null, "JP");
        assertThat(weights.outside()).isEqualTo(1);
    }

    @Test
    void columnsOfSightingsAreAddedAndListsWeighOneEach() throws IOException {
        assertThat(AsWeights.load(file("asn\tcc\tspace\ta\tb\n1\tNL\t9\t3\t4\n3\tNL\t9\t5\n"), GRAPH, 3,
                Integer.MAX_VALUE, -1).values()).containsExactly(7, 0, 5, 0);
        assertThat(AsWeights.load(file("ASN,Organization\n3,\"Hosts, Inc\"\n"), GRAPH, -1, -1, -1).values())
                .containsExactly(0, 0, 1, 0);
    }

    @Test
    void anXzFileIsReadAndACutOneRefused() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new XZOutputStream(packed, new LZMA2Options(0))) {
            out.write("1\t5\tNL\n".getBytes(StandardCharsets.UTF_8));
        }
        Path file = Files.write(directory.resolve("data"), packed.toByteArray());
        assertThat(AsWeights.load(file, GRAPH, 1, 1, 2).values()).containsExactly(5, 0, 0, 0);
        Files.write(file, java.util.Arrays.copyOf(packed.toByteArray(), packed.size() - 20));
        assertThatThrownBy(() -> AsWeights.load(file, GRAPH, 1, 1, 2)).isInstanceOf(BadDataException.class)
                .hasMessageStartingWith(file.toString()).hasMessageContaining("truncated");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1,5;x,6         | :2: not an AS number (0 to 4294967295): "x"
            1,5;4294967296,6| :2: not an AS number (0 to 4294967295): "4294967296"
            1,5;2,six       | :2: not a count: "six" in column 2
            1,5;2,-6        | :2: not a count: "-6" in column 2
            1,5;2,          | :2: not a count: "" in column 2
            1,5;2           | :2: the file ends within a line: 1 columns; the weight is in column 2
            1,9999999999999 | :1: a weight of 9.999999999999E12; at most 1.099511627776E12
            77,5;78,5       | : none of its 2 ASes is in the graph
            asn,count       | : no AS in it
            1,0             | : all weights are 0
            """)
    void whatIsWrongIsSaidWithFileAndLine(String lines, String reason) throws IOException {
        Path file = file(lines.replace(';', '\n'));
        assertThatThrownBy(() -> AsWeights.load(file, GRAPH, 1, 1, -1)).isInstanceOf(BadDataException.class)
                .hasMessage(file + reason);
    }

    @Test
    void uplinksOfCountriesAreReadAndOthersAreTheMedian() throws IOException {
        Path file = file("""
                {"countries": {
                  "NL": {"up_mbits": 80.5, "down_mbits": 1, "country_name": "Netherlands"},
                  "DE": {"down_mbits": 9, "up_mbits": 20},
                  "IN": {"up_mbits": 40}
                }, "cities": {"NL": {"up_mbits": 1}}}
                """);
        CountryUplinks uplinks = CountryUplinks.load(file);
        assertThat(uplinks.bitsPerSecond("NL")).isEqualTo(80.5e6);
        assertThat(uplinks.bitsPerSecond("DE")).isEqualTo(20e6);
        assertThat(uplinks.bitsPerSecond("XX")).isEqualTo(40e6);
        assertThat(uplinks.bitsPerSecond(null)).isEqualTo(40e6);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"countries": {}}                       | : expected {"countries"
            {"cities": {"NL": {"up_mbits": 1}}}     | : expected {"countries"
            {"countries": {;"NL": {"up_mbits": 0}}} | :2: an uplink of 0.0 Mbit/s
            {"countries": {;"NL": {"up_mbits": 999999}}} | :2: an uplink of 999999.0 Mbit/s
            """)
    void uplinksThatMakeNoSenseAreRefused(String lines, String reason) throws IOException {
        Path file = file(lines.replace(';', '\n'));
        assertThatThrownBy(() -> CountryUplinks.load(file)).isInstanceOf(BadDataException.class)
                .hasMessageStartingWith(file + reason);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("data"), text);
    }
}
