package org.schiltron.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.machine.RandomSource;

class HttpHeadTest {
    /** The rows write {@code ~} for CR LF, and {@code \r}, {@code \n}, {@code \0}, {@code \t}, {@code \xHH} for bytes. */
    static byte[] bytes(String row) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < row.length(); i++) {
            char c = row.charAt(i);
            if (c == '~') {
                out.append("\r\n");
            } else if (c == '\\') {
                char escape = row.charAt(++i);
                out.append(switch (escape) {
                    case 'r' -> '\r';
                    case 'n' -> '\n';
                    case 't' -> '\t';
                    case '0' -> '\0';
                    case 'x' -> (char) Integer.parseInt(row.substring(i + 1, i + 3), 16);
                    default -> escape;
                });
                if (escape == 'x')
                    i += 2;
            } else {
                out.append(c);
            }
        }
        return out.toString().getBytes(ISO_8859_1);
    }

    static HttpHead read(String row) {
        byte[] bytes = bytes(row);
        HttpHead head = new HttpHead();
        head.read(Fuzz.prefix(bytes, bytes.length));
        return head;
    }

    private static HttpHead accepted(String row) {
        byte[] bytes = bytes(row);
        HttpHead head = new HttpHead();
        assertThat(head.read(Fuzz.prefix(bytes, bytes.length))).as("%s", head.refusal()).isEqualTo(Reading.OK);
        return head;
    }

    @Test
    void aBrowsersRequest() {
        HttpHead head = accepted("GET /shop?q=100%&x={a|b}\\\\ HTTP/1.1~Host: Shop.Example.COM.:8080~Cookie: a=b; c=d~"
                + "Accept: text/html~User-Agent: caf\\xe9~X-Empty:~~rest");
        assertThat(head.method()).isEqualTo("GET");
        assertThat(head.path()).isEqualTo("/shop?q=100%&x={a|b}\\");
        assertThat(head.host()).isEqualTo("shop.example.com:8080");
        assertThat(head.serverName()).isEqualTo("shop.example.com");
        assertThat(head.fields().first("cookie")).isEqualTo("a=b; c=d");
        assertThat(head.fields().first("x-empty")).isEmpty();
        assertThat(head.fields().first("x-none")).isNull();
        assertThat(head.framing()).isEqualTo(HttpHead.Framing.NONE);
        assertThat(head.keepAlive()).isTrue();
        assertThat(head.upgrade()).isFalse();
        assertThat(head.length()).isEqualTo(bytes("GET /shop?q=100%&x={a|b}\\\\ HTTP/1.1~Host: "
                + "Shop.Example.COM.:8080~Cookie: a=b; c=d~Accept: text/html~User-Agent: caf\\xe9~X-Empty:~~").length);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET / HTTP/1.1~Host: a~~                                              | NONE    | 0  | true
            GET / HTTP/1.1~Host: a~Connection: Close~~                            | NONE    | 0  | false
            GET / HTTP/1.0~~                                                      | NONE    | 0  | false
            GET / HTTP/1.0~Host: a~Connection: Keep-Alive~~                       | NONE    | 0  | true
            POST / HTTP/1.1~Host: a~Content-Length: 0~~                           | NONE    | 0  | true
            POST / HTTP/1.1~Host: a~Content-Length: 12~~                          | LENGTH  | 12 | true
            POST / HTTP/1.1~hOsT:a~cOnTeNt-LeNgTh:12~Expect: 100-Continue~~       | LENGTH  | 12 | true
            POST / HTTP/1.1~Host: a~Transfer-Encoding: Chunked~~                  | CHUNKED | 0  | true
            POST / HTTP/1.0~Content-Length: 12~~                                  | LENGTH  | 12 | false
            OPTIONS * HTTP/1.1~Host: a~~                                          | NONE    | 0  | true
            GET http://A.example/x HTTP/1.1~Host: a.example~~                     | NONE    | 0  | true
            GET HTTPS://a.example:8443?x HTTP/1.1~Host: a.example:8443~~          | NONE    | 0  | true
            GET / HTTP/1.1~Host: 192.0.2.7:80~~                                   | NONE    | 0  | true
            GET / HTTP/1.1~Host: [2001:DB8::1]:80~~                               | NONE    | 0  | true
            M-SEARCH / HTTP/1.1~Host: a~Connection: keep-alive, x-mine~~          | NONE    | 0  | true
            """)
    void whatClientsSend(String row, HttpHead.Framing framing, long length, boolean keepAlive) {
        HttpHead head = accepted(row);
        assertThat(head.framing()).isEqualTo(framing);
        assertThat(head.contentLength()).isEqualTo(length);
        assertThat(head.keepAlive()).isEqualTo(keepAlive);
    }

    @Test
    void absoluteTargetsAndAddresses() {
        assertThat(accepted("GET http://a.example?x HTTP/1.1~Host: a.example~~").path()).isEqualTo("/?x");
        assertThat(accepted("GET http://a.example HTTP/1.1~Host: A.EXAMPLE~~").path()).isEqualTo("/");
        assertThat(accepted("GET / HTTP/1.1~Host: [2001:DB8::1]~~").serverName()).isEqualTo("[2001:db8::1]");
        assertThat(accepted("GET / HTTP/1.0~~").host()).isEmpty();
        assertThat(
                accepted("GET /chat HTTP/1.1~Host: a~Connection: keep-alive, Upgrade~Upgrade: websocket~~").upgrade())
                .isTrue();
    }

    /** Each is a way in which two readers have come to see different requests, or something that is no request at all. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, textBlock = """
            POST / HTTP/1.1~Host: a~Content-Length: 4~Transfer-Encoding: chunked~~      | HTTP_TWO_LENGTHS
            POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~Content-Length: 4~~      | HTTP_TWO_LENGTHS
            POST / HTTP/1.1~Host: a~Content-Length: 4~Content-Length: 4~~               | HTTP_LENGTH
            POST / HTTP/1.1~Host: a~Content-Length: 4~Content-Length: 5~~               | HTTP_LENGTH
            POST / HTTP/1.1~Host: a~Content-Length: 4, 4~~                              | HTTP_LENGTH
            POST / HTTP/1.1~Host: a~Content-Length: +4~~                                | HTTP_LENGTH
            POST / HTTP/1.1~Host: a~Content-Length: -4~~                                | HTTP_LENGTH
            POST / HTTP/1.1~Host: a~Content-Length: 0x4~~                               | HTTP_LENGTH
            POST / HTTP/1.1~Host: a~Content-Length: 04~~                                | HTTP_LENGTH
            POST / HTTP/1.1~Host: a~Content-Length: 4 4~~                               | HTTP_LENGTH
            POST / HTTP/1.1~Host: a~Content-Length:~~                                   | HTTP_LENGTH
            POST / HTTP/1.1~Host: a~Content-Length: 99999999999999999999~~              | HTTP_LENGTH
            POST / HTTP/1.1~Host: a~Content-Length: \\xb2~~                             | HTTP_LENGTH
            POST / HTTP/1.1~Host: a~Content-Length:\\t4~~                               | HTTP_FIELD
            POST / HTTP/1.1~Host: a~Content-Length : 4~~                                | HTTP_FIELD
            POST / HTTP/1.1~Host: a~Content-Length\\t: 4~~                              | HTTP_FIELD
            POST / HTTP/1.1~Host: a~Content_Length: 4~~                                 | HTTP_FIELD
            POST / HTTP/1.1~Host: a~Content.Length: 4~~                                 | HTTP_FIELD
            POST / HTTP/1.1~Host: a~ContentLength: 4~~                                  | HTTP_FIELD
            POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked~Transfer-Encoding: x~~   | HTTP_CODING
            POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked, chunked~~               | HTTP_CODING
            POST / HTTP/1.1~Host: a~Transfer-Encoding: gzip, chunked~~                  | HTTP_CODING
            POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked, identity~~              | HTTP_CODING
            POST / HTTP/1.1~Host: a~Transfer-Encoding: identity~~                       | HTTP_CODING
            POST / HTTP/1.1~Host: a~Transfer-Encoding: xchunked~~                       | HTTP_CODING
            POST / HTTP/1.1~Host: a~Transfer-Encoding: "chunked"~~                      | HTTP_CODING
            POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked;q=1~~                    | HTTP_CODING
            POST / HTTP/1.1~Host: a~Transfer-Encoding: \\x0bchunked~~                   | HTTP_LINE
            POST / HTTP/1.1~Host: a~Transfer-Encoding:\\tchunked~~                      | HTTP_FIELD
            POST / HTTP/1.1~Host: a~Transfer-Encoding: chun\\xe7ed~~                    | HTTP_CODING
            POST / HTTP/1.1~Host: a~Transfer-Encoding : chunked~~                       | HTTP_FIELD
            POST / HTTP/1.1~Host: a~Transfer_Encoding: chunked~~                        | HTTP_FIELD
            POST / HTTP/1.1~Host: a~ Transfer-Encoding: chunked~~                       | HTTP_FIELD
            POST / HTTP/1.1~Host: a~Transfer-Encoding:~ chunked~~                       | HTTP_FIELD
            POST / HTTP/1.1~Host: a~X: y~\\tz: w~~                                      | HTTP_FIELD
            POST / HTTP/1.0~Host: a~Transfer-Encoding: chunked~~                        | HTTP_CODING
            POST / HTTP/1.1\\nHost: a~~                                                 | NOT_HTTP
            POST / HTTP/1.1~Host: a\\nTransfer-Encoding: chunked~~                      | HTTP_LINE
            POST / HTTP/1.1~Host: a\\rTransfer-Encoding: chunked~~                      | HTTP_LINE
            POST / HTTP/1.1~Host: a\\r\\r\\nX: y~~                                      | HTTP_LINE
            POST / HTTP/1.1~Host: a~X: y\\0~~                                           | HTTP_LINE
            POST / HTTP/1.1~Host: a~X\\0: y~~                                           | HTTP_LINE
            POST / HTTP/1.1~Host: a~X: \\x7f~~                                          | HTTP_LINE
            POST / HTTP/1.1~Host: a~: y~~                                               | HTTP_FIELD
            POST / HTTP/1.1~Host: a~X~~                                                 | HTTP_FIELD
            POST / HTTP/1.1~Host: a~X(y): z~~                                           | HTTP_FIELD
            POST / HTTP/1.1~Host: a~X\\xe9: z~~                                         | HTTP_FIELD
            GET / HTTP/1.1~~                                                            | HTTP_HOST
            GET / HTTP/1.1~Host:~~                                                      | HTTP_HOST
            GET / HTTP/1.1~Host: a~Host: a~~                                            | HTTP_HOST
            GET / HTTP/1.1~Host: a~Host: b~~                                            | HTTP_HOST
            GET / HTTP/1.0~Host: a~Host: b~~                                            | HTTP_HOST
            GET / HTTP/1.1~Host: a, b~~                                                 | HTTP_HOST
            GET / HTTP/1.1~Host: a b~~                                                  | HTTP_HOST
            GET / HTTP/1.1~Host: a/b~~                                                  | HTTP_HOST
            GET / HTTP/1.1~Host: a@b~~                                                  | HTTP_HOST
            GET / HTTP/1.1~Host: a%00b~~                                                | HTTP_HOST
            GET / HTTP/1.1~Host: a:~~                                                   | HTTP_HOST
            GET / HTTP/1.1~Host: a:b~~                                                  | HTTP_HOST
            GET / HTTP/1.1~Host: a:99999~~                                              | HTTP_HOST
            GET / HTTP/1.1~Host: a:80:80~~                                              | HTTP_HOST
            GET / HTTP/1.1~Host: 127.1~~                                                | HTTP_HOST
            GET / HTTP/1.1~Host: 0177.0.0.1~~                                           | HTTP_HOST
            GET / HTTP/1.1~Host: [::1~~                                                 | HTTP_HOST
            GET / HTTP/1.1~Host: [a]~~                                                  | HTTP_HOST
            GET / HTTP/1.1~Host: [::1]x~~                                               | HTTP_HOST
            GET / HTTP/1.1~Ho-st: a~~                                                   | HTTP_FIELD
            GET http://a/ HTTP/1.1~~                                                    | HTTP_HOST
            GET http://b/ HTTP/1.1~Host: a~~                                            | HTTP_OTHER_HOST
            GET http://a@b/ HTTP/1.1~Host: a~~                                          | HTTP_OTHER_HOST
            GET http://a:81/ HTTP/1.1~Host: a~~                                         | HTTP_OTHER_HOST
            GET http:/// HTTP/1.1~Host: a~~                                             | HTTP_OTHER_HOST
            GET http:/a HTTP/1.1~Host: a~~                                              | HTTP_TARGET
            GET ftp://a/ HTTP/1.1~Host: a~~                                             | HTTP_TARGET
            GET a HTTP/1.1~Host: a~~                                                    | HTTP_TARGET
            GET * HTTP/1.1~Host: a~~                                                    | HTTP_TARGET
            GET /a b HTTP/1.1~Host: a~~                                                 | HTTP_TARGET
            GET  / HTTP/1.1~Host: a~~                                                   | HTTP_TARGET
            GET /  HTTP/1.1~Host: a~~                                                   | HTTP_TARGET
            GET /\\t HTTP/1.1~Host: a~~                                                 | HTTP_TARGET
            GET /#x HTTP/1.1~Host: a~~                                                  | HTTP_TARGET
            GET /a\\\\b HTTP/1.1~Host: a~~                                              | HTTP_TARGET
            GET /%00 HTTP/1.1~Host: a~~                                                 | HTTP_TARGET
            GET /%zz HTTP/1.1~Host: a~~                                                 | HTTP_TARGET
            GET /% HTTP/1.1~Host: a~~                                                   | HTTP_TARGET
            GET /\\xe9 HTTP/1.1~Host: a~~                                               | HTTP_TARGET
            GET /?"x HTTP/1.1~Host: a~~                                                 | HTTP_TARGET
            CONNECT a:443 HTTP/1.1~Host: a:443~~                                        | HTTP_METHOD
            GeT / HTTP/1.1~Host: a~~                                                    | HTTP_METHOD
            G@T / HTTP/1.1~Host: a~~                                                    | HTTP_METHOD
            GET\\t/ HTTP/1.1~Host: a~~                                                  | NOT_HTTP
            get / HTTP/1.1~Host: a~~                                                    | NOT_HTTP
            ~GET / HTTP/1.1~Host: a~~                                                   | NOT_HTTP
            GET /~                                                                      | NOT_HTTP
            GET / HTTP/1.1 ~Host: a~~                                                   | NOT_HTTP
            GET / HTTP/1.2~Host: a~~                                                    | HTTP_VERSION
            GET / HTTP/01.1~Host: a~~                                                   | HTTP_VERSION
            GET / HTTP/0.9~Host: a~~                                                    | HTTP_VERSION
            GET / http/1.1~Host: a~~                                                    | NOT_HTTP
            PRI * HTTP/2.0~~SM~~                                                        | HTTP_2
            \\x16\\x03\\x01                                                             | NOT_HTTP
            POST / HTTP/1.1~Host: a~Connection: close, Content-Length~Content-Length: 4~~ | HTTP_CONNECTION
            GET / HTTP/1.1~Host: a~Connection: Host~~                                   | HTTP_CONNECTION
            GET / HTTP/1.1~Host: a~Connection: cookie~~                                 | HTTP_CONNECTION
            GET / HTTP/1.1~Host: a~Expect: 100-continue, x~~                            | HTTP_EXPECT
            GET / HTTP/1.1~Host: a~Expect: x~~                                          | HTTP_EXPECT
            GET / HTTP/1.1~Host: a~Upgrade: h2c~Connection: Upgrade, HTTP2-Settings~~   | HTTP_UPGRADE
            POST / HTTP/1.1~Host: a~Upgrade: websocket~Connection: Upgrade~Content-Length: 3~~ | HTTP_UPGRADE
            GET / HTTP/1.1~Host: a~Authorization: Basic a~Authorization: Basic b~~      | HTTP_FIELD
            """)
    void whatCouldBeReadInTwoWaysIsRefused(String row, Refusal why) {
        assertThat(read(row).refusal()).isEqualTo(why);
        assertThat(why.status()).isBetween(400, 505);
        assertThat(why.text()).isNotBlank();
    }

    @Test
    void sizesHaveBounds() {
        String field = "X: y~";
        accepted("GET / HTTP/1.1~Host: a~" + field.repeat(99) + "~");
        assertThat(read("GET / HTTP/1.1~Host: a~" + field.repeat(100) + "~").refusal())
                .isEqualTo(Refusal.HTTP_TOO_MANY_FIELDS);
        String start = "GET / HTTP/1.1~Host: a~X: ";
        int room = HttpHead.MAX_BYTES - bytes(start + "~~").length;
        assertThat(accepted(start + "y".repeat(room) + "~~").length()).isEqualTo(HttpHead.MAX_BYTES);
        assertThat(read(start + "y".repeat(room + 1) + "~~").refusal()).isEqualTo(Refusal.HTTP_HEAD_TOO_LONG);
        assertThat(read("GET /" + "a".repeat(100_000)).refusal()).isEqualTo(Refusal.HTTP_HEAD_TOO_LONG);
        assertThat(read("G".repeat(25) + " / HTTP/1.1~").refusal()).isEqualTo(Refusal.HTTP_METHOD);
    }

    @Test
    void faultsAreSeenBeforeTheHeadIsComplete() {
        assertThat(read("\\x16").refusal()).isEqualTo(Refusal.NOT_HTTP);
        assertThat(read("GET / HTTP/3.0~").refusal()).isEqualTo(Refusal.HTTP_VERSION);
        assertThat(read("GET / HTTP/1.1~X : y~").refusal()).isEqualTo(Refusal.HTTP_FIELD);
        assertThat(read("GET / HTTP/1.1~X: \\0").refusal()).isEqualTo(Refusal.HTTP_LINE);
        assertThat(read("GET / HTTP/1.1~X: y\\n").refusal()).isEqualTo(Refusal.HTTP_LINE);
    }

    @Test
    void mutantsAreReadAlikeInAnyPieces() {
        RandomSource random = Fuzz.random();
        Set<Refusal> seen = EnumSet.noneOf(Refusal.class);
        Fuzz.mutants(random, List.of(
                bytes("POST /a?b HTTP/1.1~Host: a.example~Content-Length: 12~Connection: keep-alive~X: y~~Hello world!"),
                bytes("POST http://a.example/ HTTP/1.1~Host: a.example~Transfer-Encoding: chunked~Expect: 100-continue~~"),
                bytes("GET /chat HTTP/1.1~Host: [2001:db8::1]:80~Upgrade: websocket~Connection: Upgrade~~")),
                mutant -> {
                    HttpHead whole = new HttpHead();
                    Reading reading = whole.read(Fuzz.prefix(mutant, mutant.length));
                    HttpHead pieces = new HttpHead();
                    for (int known = 0; known < mutant.length; known += 1 + random.nextInt(40))
                        pieces.read(Fuzz.prefix(mutant, known));
                    assertThat(pieces.read(Fuzz.prefix(mutant, mutant.length))).isEqualTo(reading);
                    assertThat(pieces.refusal()).isEqualTo(whole.refusal());
                    assertThat(pieces.framing()).isEqualTo(whole.framing());
                    if (reading == Reading.OK) {
                        assertThat(whole.host()).doesNotContain("~", " ", "/");
                        assertThat(whole.host().isEmpty()).isEqualTo(whole.fields().count("host") == 0);
                        assertThat(whole.host().isEmpty() && whole.minorVersion() == 1).isFalse();
                        assertThat(whole.length()).isPositive();
                    }
                    if (whole.refusal() != null)
                        seen.add(whole.refusal());
                });
        assertThat(seen).contains(Refusal.NOT_HTTP, Refusal.HTTP_LINE, Refusal.HTTP_FIELD, Refusal.HTTP_HOST,
                Refusal.HTTP_LENGTH);
    }
}
