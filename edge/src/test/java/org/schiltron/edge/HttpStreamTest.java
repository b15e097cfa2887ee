package org.schiltron.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.RandomSource;

class HttpStreamTest {
    private final HttpAnswers answers = new HttpAnswers();
    private final HttpStream stream = new HttpStream(answers);
    private final Side client = new Side(stream::read, stream::length);
    private final Side backend = new Side(answers::read, answers::length);

    private interface Reader {
        HttpPart read(ByteBuffer bytes);
    }

    private interface Length {
        int length();
    }

    /** A direction with a buffer, as a socket's owner keeps it. */
    private static final class Side {
        private final Reader reader;
        private final Length length;
        private byte[] waiting = {};
        private final StringBuilder passed = new StringBuilder();

        Side(Reader reader, Length length) {
            this.reader = reader;
            this.length = length;
        }

        /** The parts read, until nothing goes on: bytes of data that follow each other are one part. */
        String send(String row) {
            waiting = Hello.concat(waiting, HttpHeadTest.bytes(row));
            List<String> parts = new ArrayList<>();
            while (true) {
                HttpPart part = reader.read(Fuzz.prefix(waiting, waiting.length));
                int taken = length.length();
                passed.append(new String(waiting, 0, taken, ISO_8859_1));
                waiting = Arrays.copyOfRange(waiting, taken, waiting.length);
                if (part != HttpPart.MORE)
                    parts.add(part + (taken > 0 ? " " + taken : ""));
                if (part == HttpPart.MORE || part == HttpPart.WAIT || part == HttpPart.REFUSED)
                    return String.join(", ", parts);
            }
        }
    }

    @Test
    void requestsEndWhereTheirBodiesEnd() {
        assertThat(client.send("POST / HTTP/1.1~Host: a~Content-Length: 5~~Hel")).isEqualTo("HEAD 47, BODY 3");
        assertThat(stream.over()).isFalse();
        assertThat(client.send("loGET /b HTTP/1.1~Host: a~~")).isEqualTo("BODY 2, HEAD 28");
        assertThat(stream.over()).isTrue();
        assertThat(stream.head()).isNotNull().extracting(HttpHead::path).isEqualTo("/b");
        assertThat(answers.outstanding()).isEqualTo(2);
        assertThat(stream.idle()).isFalse();
        assertThat(backend.send("HTTP/1.1 200 OK~Content-Length: 2~~okHTTP/1.1 204 No Content~~"))
                .isEqualTo("HEAD 38, BODY 2, HEAD 27");
        assertThat(stream.idle()).isTrue();
    }

    @Test
    void chunksAreFollowedToTheirEnd() {
        String body = "5~Hello~A;~0123456789~0~X-Sum: 1~~";
        assertThat(client.send("POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~" + body.replace(";", "")
                + "GET / HTTP/1.1~Host: a~~")).isEqualTo("HEAD 56, BODY 40, HEAD 27");
        assertThat(backend.send("HTTP/1.1 200 OK~Transfer-Encoding: chunked~~" + body)).isEqualTo("HEAD 47, BODY 41");
        assertThat(answers.over()).isTrue();
        assertThat(answers.outstanding()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5;x=y~Hello~0~~", "5 ~Hello~0~~", " 5~Hello~0~~", "0x5~Hello~0~~", "-5~Hello~0~~",
            "~Hello~0~~",
            "5\\nHello~0~~", "5\\rHello~0~~", "5~Hello0~~", "5~Hello\\n0~~", "5~HelloX~0~~", "fffffffffffffffff~", "g~",
            "\\xb2~", "0000000000000000~", "5~Hello~;~~"})
    void chunksThatTwoReadersMeasureDifferentlyAreRefused(String body) {
        assertThat(client.send("POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~" + body)).endsWith("REFUSED");
        assertThat(stream.refusal()).isEqualTo(Refusal.HTTP_CHUNK);
        assertThat(client.passed.toString()).doesNotContain("0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0~Content-Length: 5~~", "0~Transfer-Encoding: x~~", "0~Host: b~~", "0~ x: y~~",
            "0~x : y~~",
            "0~x~~", "0~x: y\\n\\n", "0~x: \\0~~", "0~Authorization: x~~", "0~Content_Length: 5~~"})
    void trailersThatSayWhatAHeadSaysAreRefused(String body) {
        assertThat(client.send("POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~" + body)).endsWith("REFUSED");
        assertThat(stream.refusal()).isEqualTo(Refusal.HTTP_TRAILER);
    }

    @Test
    void trailersHaveABound() {
        assertThat(client.send("POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~0~" + "x: y~".repeat(1_000)))
                .endsWith("REFUSED");
        assertThat(stream.refusal()).isEqualTo(Refusal.HTTP_TRAILER);
    }

    @Test
    void aSmuggledRequestIsSeenAsOne() {
        // With its own length the second would be the first one's body; with the chunks' it is a request of its own.
        assertThat(client.send("POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~0~~GET /admin HTTP/1.1~Host: a~~"))
                .isEqualTo("HEAD 56, BODY 5, HEAD 32");
        assertThat(stream.head()).isNotNull().extracting(HttpHead::path).isEqualTo("/admin");
    }

    @Test
    void afterTheLastRequestNothingComes() {
        assertThat(client.send("GET / HTTP/1.1~Host: a~Connection: close~~X")).isEqualTo("HEAD 46, REFUSED");
        assertThat(stream.refusal()).isEqualTo(Refusal.HTTP_AFTER_CLOSE);
    }

    @Test
    void pipeliningHasABound() {
        String many = "GET / HTTP/1.1~Host: a~~".repeat(HttpAnswers.MAX_OUTSTANDING + 1);
        assertThat(client.send(many)).startsWith("HEAD 27, HEAD 27").endsWith("WAIT");
        assertThat(answers.outstanding()).isEqualTo(HttpAnswers.MAX_OUTSTANDING);
        backend.send("HTTP/1.1 200 OK~Content-Length: 0~~");
        assertThat(client.send("")).isEqualTo("HEAD 27");
    }

    @Test
    void anUpgradeWaitsForItsAnswer() {
        String ask = "GET /chat HTTP/1.1~Host: a~Connection: Upgrade~Upgrade: websocket~~";
        assertThat(client.send(ask + "GET /x HTTP/1.1~")).isEqualTo("HEAD 72, WAIT");
        assertThat(backend.send("HTTP/1.1 101 Switching Protocols~Upgrade: websocket~Connection: Upgrade~~frames"))
                .isEqualTo("HEAD 77, TUNNEL 6");
        assertThat(client.send("")).isEqualTo("TUNNEL 17");
        assertThat(stream.idle()).isFalse();
        assertThat(backend.send("more")).isEqualTo("TUNNEL 4");
    }

    @Test
    void anUpgradeThatIsRefusedLeavesHttp() {
        client.send("GET /chat HTTP/1.1~Host: a~Connection: Upgrade~Upgrade: websocket~~GET /x HTTP/1.1~Host: a~~");
        assertThat(backend.send("HTTP/1.1 426 No~Content-Length: 0~~")).isEqualTo("HEAD 38");
        assertThat(client.send("")).isEqualTo("HEAD 28");
        assertThat(backend.send("HTTP/1.1 101 Now~~")).isEqualTo("REFUSED");
        assertThat(answers.refusal()).isEqualTo(Refusal.HTTP_ANSWER);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET  | HTTP/1.1 200 OK~Content-Length: 3~~abcHTTP       | HEAD 38, BODY 3, REFUSED                 | false
            HEAD | HTTP/1.1 200 OK~Content-Length: 3~~              | HEAD 38                                  | false
            HEAD | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~     | HEAD 47                                  | false
            GET  | HTTP/1.1 304 Not Modified~Content-Length: 3~~    | HEAD 48                                  | false
            GET  | HTTP/1.1 204~~                                   | HEAD 16                                  | false
            GET  | HTTP/1.1 100 Continue~~HTTP/1.1 103 X~~HTTP/1.1 200 OK~Content-Length: 0~~ | HEAD 25, HEAD 18, HEAD 38 | false
            GET  | HTTP/1.1 200 OK~~abc                             | HEAD 19, BODY 3                          | true
            GET  | HTTP/1.0 200 OK~Content-Length: 1~~a             | HEAD 38, BODY 1                          | true
            GET  | HTTP/1.0 200 OK~Connection: keep-alive~Content-Length: 1~~a | HEAD 62, BODY 1               | false
            GET  | HTTP/1.1 200 OK~Connection: close~Content-Length: 1~~a      | HEAD 57, BODY 1               | true
            GET  | HTTP/1.1 200 OK~Transfer-Encoding: gzip, chunked~~1 ;x=y~a~0~~ | HEAD 53, BODY 16           | false
            GET  | HTTP/1.1 200 OK~Transfer-Encoding: gzip~~abc     | HEAD 44, BODY 3                          | true
            """)
    void answersEndWhereTheirBodiesEnd(String method, String answer, String parts, boolean closes) {
        client.send(method + " / HTTP/1.1~Host: a~~");
        assertThat(backend.send(answer)).isEqualTo(parts);
        assertThat(answers.closes()).isEqualTo(closes);
        assertThat(answers.closed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK~Content-Length: 3~Content-Length: 3~~",
            "HTTP/1.1 200 OK~Content-Length: x~~",
            "HTTP/1.1 200 OK~Content-Length: 3~Transfer-Encoding: chunked~~",
            "HTTP/1.1 200 OK\\nContent-Length: 3\\n\\n",
            "HTTP/2 200~~", "HTTP/1.1 20~~", "HTTP/1.1 2000 OK~~", "SSH-2.0~", "HTTP/1.1 200 OK~X : y~~",
            "HTTP/1.1 200 OK~Transfer-Encoding: chunked, gzip~~", "HTTP/1.1 101 Now~~", "HTTP/1.1 099 X~~"})
    void answersThatCouldEndInTwoPlacesAreRefused(String answer) {
        client.send("GET / HTTP/1.1~Host: a~~");
        assertThat(backend.send(answer)).isEqualTo("REFUSED");
        assertThat(answers.refusal()).isEqualTo(Refusal.HTTP_ANSWER);
    }

    @Test
    void anAnswerToNothingIsRefused() {
        assertThat(backend.send("HTTP/1.1 408 Timeout~~")).isEqualTo("REFUSED");
        assertThat(answers.refusal()).isEqualTo(Refusal.HTTP_UNASKED);
    }

    @Test
    void anAnswerCutOffIsNoEnd() {
        client.send("GET / HTTP/1.1~Host: a~~");
        backend.send("HTTP/1.1 200 OK~Content-Length: 3~~ab");
        assertThat(answers.closed()).isFalse();
    }

    @Test
    void interimAnswersHaveABound() {
        client.send("GET / HTTP/1.1~Host: a~~");
        assertThat(backend.send("HTTP/1.1 102 Processing~~".repeat(40))).endsWith("REFUSED");
    }

    @Test
    void anEarlyAnswerDoesNotEndTheRequest() {
        client.send("POST / HTTP/1.1~Host: a~Content-Length: 5~~He");
        backend.send("HTTP/1.1 413 Too large~Content-Length: 0~~");
        assertThat(stream.idle()).isFalse();
        client.send("llo");
        assertThat(stream.idle()).isTrue();
    }

    /** What passes, and what is said, does not depend on how the bytes were cut; and nothing passes that was not sent. */
    @Test
    void mutantsPassAlikeInAnyPieces() {
        RandomSource random = Fuzz.random();
        List<byte[]> samples = List.of(
                HttpHeadTest.bytes("POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~~5~Hello~a~0123456789~0~X: y~~"
                        + "GET /b HTTP/1.1~Host: a~~"),
                HttpHeadTest
                        .bytes("POST / HTTP/1.1~Host: a~Content-Length: 12~~Hello world!GET /b HTTP/1.1~Host: a~~"));
        Fuzz.mutants(random, samples, mutant -> {
            HttpStream whole = new HttpStream(new HttpAnswers());
            int passed = pass(whole, mutant, random, mutant.length);
            HttpStream cut = new HttpStream(new HttpAnswers());
            assertThat(pass(cut, mutant, random, 12)).isEqualTo(passed).isLessThanOrEqualTo(mutant.length);
            assertThat(cut.refusal()).isEqualTo(whole.refusal());
        });
        byte[] request = HttpHeadTest.bytes("GET /b HTTP/1.1~Host: a~~");
        Fuzz.mutants(random, List.of(
                HttpHeadTest.bytes("HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5;a=b~Hello~0~X: y~~HTTP/1.1 204 X~~"),
                HttpHeadTest.bytes("HTTP/1.1 100 Go~~HTTP/1.1 200 OK~Content-Length: 5~~HelloHTTP/1.1 200 OK~~rest")),
                mutant -> {
                    HttpAnswers to = new HttpAnswers();
                    HttpStream from = new HttpStream(to);
                    from.read(Fuzz.prefix(request, request.length));
                    from.read(Fuzz.prefix(request, request.length));
                    Side side = new Side(to::read, to::length);
                    side.waiting = mutant;
                    side.send("");
                    assertThat(side.passed.length() + side.waiting.length).isEqualTo(mutant.length);
                });
    }

    private static int pass(HttpStream stream, byte[] bytes, RandomSource random, int atOnce) {
        int passed = 0;
        int known = 0;
        while (true) {
            byte[] waiting = Arrays.copyOfRange(bytes, passed, known);
            HttpPart part = stream.read(Fuzz.prefix(waiting, waiting.length));
            passed += stream.length();
            if (part == HttpPart.REFUSED || part == HttpPart.WAIT || part == HttpPart.MORE && known == bytes.length)
                return passed;
            if (part == HttpPart.MORE)
                known = Math.min(bytes.length, known + 1 + random.nextInt(atOnce));
        }
    }
}
