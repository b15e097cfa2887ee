package org.schiltron.internet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.SeededRandom;

class AsRelFileTest {
    private static final String SERIAL_1 = "# inferred clique: 1 2\n1|2|0\n1|3|-1\n2|3|-1\r\n\n3|4|-1\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"plain", "bz2", "serial-2", "no end of line"})
    void theSameGraphInAnyForm(String form) throws IOException {
        String text = switch (form) {
            case "serial-2" -> SERIAL_1.replaceAll("(?m)(-1|0)\r?$", "$1|mlp,bgp");
            case "no end of line" -> SERIAL_1.strip();
            default -> SERIAL_1;
        };
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        AsGraph graph = AsRelFile.load(file(form.equals("bz2") ? bzip2(bytes) : bytes)).graph();
        assertThat(graph.size()).isEqualTo(4);
        assertThat(graph.links()).isEqualTo(4);
        assertThat(graph.providerCount(graph.nodeOf(3))).isEqualTo(2);
        assertThat(graph.peerCount(graph.nodeOf(1))).isEqualTo(1);
        assertThat(graph.customerCount(graph.nodeOf(3))).isEqualTo(1);
        assertThat(graph.isStub(graph.nodeOf(4))).isTrue();
        assertThat(graph.nodeOf(5)).isEqualTo(-1);
    }

    /** Low numbers are looked up in a table, the others searched for. */
    @Test
    void numbersOfAnySizeAreToldApart() {
        long[] numbers = {0, 1, LinkList.LOW_ASNS - 1, LinkList.LOW_ASNS, 1L << 31, 0xFFFF_FFFFL};
        LinkList links = new LinkList();
        for (int i = 0; i + 1 < numbers.length; i++)
            links.add((int) numbers[i + 1], (int) numbers[i], LinkList.PROVIDER_CUSTOMER, i + 1);
        AsGraph graph = new AsGraph(links);
        assertThat(graph.size()).isEqualTo(numbers.length);
        for (int i = 0; i < numbers.length; i++) {
            assertThat(graph.nodeOf(numbers[i])).isEqualTo(i);
            assertThat(graph.asn(i)).isEqualTo(numbers[i]);
            if (i > 0)
                assertThat(graph.to[graph.slot(i - 1, 0)]).as("provider of AS%d", numbers[i - 1]).isEqualTo(i);
        }
        assertThat(graph.nodeOf(2)).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            1|2|0;3|3|0                 > :2: AS3 is linked to itself
            1|2|0;1|2|0                 > :2: the link AS1 peer of AS2 stands in line 1 already
            1|2|0;2|1|0                 > :2: the link AS2 peer of AS1 stands in line 1 already
            #;1|2|-1;3|1|-1;1|2|-1      > :4: the link AS1 provider of AS2 stands in line 2 already
            1|2|0;3|1|-1;1|2|-1         > :3: the link AS1 provider of AS2 contradicts line 1, AS1 peer of AS2
            1|2|-1;2|1|-1               > :2: the link AS2 provider of AS1 contradicts line 1, AS1 provider of AS2
            9|1|-1;1|2|-1;2|3|-1;3|1|-1 > :4: closes a circle of providers: AS1 buys from AS3 buys from AS2 buys from AS1
            1|2|0;3|4|0                 > :2: the graph falls apart: of 4 ASes the largest connected part has 2, and AS3 here is in another
            1|2|1                       > :1: the file ends within a line: "1|2|1": expected provider|customer|-1 or peer|peer|0
            1|2|1;2|3|0                 > :1: "1|2|1": expected provider|customer|-1 or peer|peer|0
            1|2|0;17|4                  > :2: the file ends within a line: "17|4": expected
            1|2|0;17|                   > :2: the file ends within a line: "17|": expected
            1|2|0;|2|0;2|5|0            > :2: "|2|0": expected
            1|2|0;-4|2|0;2|5|0          > :2: "-4|2|0": expected
            1|2|00;2|3|0                > :1: "1|2|00": expected
            1|4294967296|0;1|3|0        > :1: not an AS number (0 to 4294967295): "1|4294967296|0"
            1|99999999999999999999|0;1|3|0 > :1: not an AS number (0 to 4294967295)
            ASN,name;1|2|0              > :1: "ASN,name": expected
            #;#                         > : no link in it: expected
            """)
    void whatIsWrongIsSaidWithFileAndLine(String lines, String reason) throws IOException {
        Path file = file(lines.replace(';', '\n').getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> AsRelFile.load(file)).isInstanceOf(BadDataException.class)
                .hasMessageStartingWith(file + reason);
    }

    @Test
    void aFewApartFromTheRestAreCountedAndStay() throws IOException {
        StringBuilder text = new StringBuilder("100|200|0\n");
        for (int customer = 1; customer < 30; customer++)
            text.append("1000|").append(customer).append("|-1\n");
        AsRelFile file = AsRelFile.load(file(text.toString().getBytes(StandardCharsets.UTF_8)));
        assertThat(file.apart()).isEqualTo(2);
        assertThat(file.graph().size()).isEqualTo(32);
    }

    @Test
    void missingEmptyAndHugeLinesAreToldApart() throws IOException {
        assertThatThrownBy(() -> AsRelFile.load(directory.resolve("none")))
                .hasMessage(directory.resolve("none") + ": there is no such file");
        assertThatThrownBy(() -> AsRelFile.load(file(new byte[0]))).hasMessageContaining("no link in it");
        byte[] zeros = new byte[2 << 20];
        assertThatThrownBy(() -> AsRelFile.load(file(zeros))).hasMessageContaining(":1: a line longer than");
        assertThatThrownBy(() -> AsRelFile.load(directory)).isInstanceOf(BadDataException.class)
                .hasMessageStartingWith(directory + ": cannot be read");
    }

    /** Cut anywhere, changed anywhere: a graph or a reason with the file's name, never another exception. */
    @Test
    void brokenFilesAreRefusedWithAReason() throws IOException {
        long seed = Graphs.seed();
        System.out.println("seed " + seed);
        SeededRandom random = new SeededRandom(seed);
        StringBuilder text = new StringBuilder();
        for (int customer = 2; customer < 2_000; customer++)
            text.append(1 + customer / 3).append('|').append(customer).append("|-1|bgp\n");
        byte[] plain = text.toString().getBytes(StandardCharsets.UTF_8);
        byte[] packed = bzip2(plain);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            byte[] whole = i % 2 == 0 ? plain : packed;
            byte[] broken = Arrays.copyOf(whole, random.nextInt(4) == 0 ? whole.length : random.nextInt(whole.length));
            if (broken.length == whole.length)
                broken[random.nextInt(broken.length)] ^= (byte) (1 + random.nextInt(255));
            Path file = file(broken);
            try {
                AsRelFile.load(file);
            } catch (BadDataException e) {
                assertThat(e).as("seed %d, case %d", seed, i).hasMessageStartingWith(file.toString());
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(150);
    }

    @Test
    void aCutBzip2FileSaysSoAndHowFarItCame() throws IOException {
        byte[] packed = bzip2(SERIAL_1.getBytes(StandardCharsets.UTF_8));
        Path file = file(Arrays.copyOf(packed, packed.length - 6));
        assertThatThrownBy(() -> AsRelFile.load(file)).isInstanceOf(BadDataException.class)
                .hasMessageStartingWith(file + ":").hasMessageContaining("truncated");
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("links"), bytes);
    }

    static byte[] bzip2(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new BZip2CompressorOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }
}
