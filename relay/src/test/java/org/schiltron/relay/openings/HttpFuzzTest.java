package org.schiltron.relay.openings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.schiltron.edge.HttpAnswers;
import org.schiltron.edge.HttpHead;
import org.schiltron.edge.HttpPart;
import org.schiltron.edge.HttpStream;
import org.schiltron.relay.EdgeServer;
import org.schiltron.relay.Edges;

/**
 * Requests that were good and were then broken at random: the careless server behind the edge sees the requests that
 * the edge sees, as many, and each with the same body.
 */
@Timeout(300)
class HttpFuzzTest {
    private static final int CASES = Integer.getInteger("schiltron.mutants", 400);

    private static final List<String> GOOD = List.of("GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world",
            "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n",
            "PUT /d HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 35\r\n\r\n"
                    + "GET /secret HTTP/1.1\r\nHost: secret\r\n\r\n".substring(0, 35),
            "GET /e HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n",
            "HEAD /f HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, x\r\nX: y\r\n\r\n",
            "GET http://a/g HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /h HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n");
    private static final List<String> PIECES = List.of("\r\n", "\n", "\r", " ", "\t", "\0", ";", ":", ",", "0", "5",
            "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: identity\r\n", "\r\nContent-Length: 7", ";x=y", "0\r\n\r\n", "\r\n\r\n", "\u00a0",
            "\u0085",
            "GET /secret HTTP/1.1\r\nHost: a\r\n\r\n", "Connection: close\r\n", "HTTP/1.0");

    private static String mutant(Random random) {
        StringBuilder all = new StringBuilder();
        for (int i = 1 + random.nextInt(4); i > 0; i--)
            all.append(GOOD.get(random.nextInt(GOOD.size())));
        for (int i = random.nextInt(4); i > 0 && all.length() > 1; i--) {
            int at = random.nextInt(all.length());
            switch (random.nextInt(5)) {
                case 0 -> all.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 1 -> all.setCharAt(at, (char) random.nextInt(256));
                case 2 -> all.deleteCharAt(at);
                case 3 -> all.delete(at, Math.min(all.length(), at + random.nextInt(20)));
                default -> {
                    int line = all.indexOf("\r\n", at); // where grammar is
                    all.insert(line < 0 ? at : line + 2 * random.nextInt(2),
                            PIECES.get(random.nextInt(PIECES.size())));
                }
            }
        }
        return all.toString();
    }

    /** What the edge's own reader makes of it, if each request is answered at once. */
    private static List<LooseRequests.Seen> asTheEdgeReads(byte[] bytes) {
        HttpAnswers answers = new HttpAnswers();
        HttpStream stream = new HttpStream(answers);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        List<LooseRequests.Seen> seen = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        while (true) {
            HttpPart part = stream.read(in);
            HttpHead head = stream.head();
            if (part != HttpPart.HEAD && part != HttpPart.BODY || head == null)
                return seen;
            byte[] passed = new byte[stream.length()];
            in.get(passed);
            if (part == HttpPart.BODY)
                body.append(new String(passed, StandardCharsets.ISO_8859_1));
            if (!stream.over())
                continue;
            String line = text.substring(in.position() - body.length() - head.length());
            String target = line.substring(head.method().length() + 1, line.indexOf(" HTTP/"));
            seen.add(new LooseRequests.Seen(head.method(), target, plain(head, body.toString())));
            body.setLength(0);
            answers.read(ByteBuffer.wrap(Site.text("HTTP/1.1 204 X\r\n\r\n")));
        }
    }

    /** What the server makes of it without an edge. */
    private static List<LooseRequests.Seen> alone(byte[] bytes, boolean bareLineFeeds, boolean lengthFirst)
            throws IOException {
        LooseRequests requests = new LooseRequests(new ByteArrayInputStream(bytes), bareLineFeeds, lengthFirst);
        List<LooseRequests.Seen> seen = new ArrayList<>();
        LooseRequests.BeforeBody nothing = () -> {
        };
        for (LooseRequests.Seen one = requests.next(nothing); one != null; one = requests.next(nothing))
            seen.add(one);
        return seen;
    }

    /** Without the lines of chunks. */
    private static String plain(HttpHead head, String body) {
        if (head.framing() != HttpHead.Framing.CHUNKED)
            return body;
        StringBuilder all = new StringBuilder();
        int at = 0;
        while (true) {
            int end = body.indexOf("\r\n", at);
            int size = Integer.parseInt(body.substring(at, end), 16);
            if (size == 0)
                return all.toString();
            all.append(body, end + 2, end + 2 + size);
            at = end + 2 + size + 2;
        }
    }

    @Test
    void theServerBehindSeesTheRequestsThatTheEdgeSees() throws Exception {
        long seed = Edges.seed();
        Random random = new Random(seed);
        int whole = 0;
        int misled = 0;
        try (Site site = new Site("site"); EdgeServer edge = Visits.plain(site)) {
            for (int i = 0; i < CASES; i++) {
                String text = mutant(random);
                byte[] bytes = Site.text(text);
                boolean bareLineFeeds = random.nextBoolean();
                boolean lengthFirst = random.nextBoolean();
                site.readsLike(bareLineFeeds, lengthFirst);
                long legs = edge.counters().legsOpened();
                try (Socket client = Edges.connect(edge)) {
                    int cut = random.nextInt(bytes.length);
                    client.getOutputStream().write(bytes, 0, cut);
                    client.getOutputStream().write(bytes, cut, bytes.length - cut);
                    client.shutdownOutput();
                    Visits.all(client);
                } catch (SocketException e) {
                    // reset before all was sent: what counts is what the server saw
                }
                Edges.until(() -> edge.counters().connectionsOpen() == 0 && edge.counters().legsOpen() == 0);
                List<LooseRequests.Seen> expected = asTheEdgeReads(bytes);
                List<LooseRequests.Seen> seen = edge.counters().legsOpened() == legs
                        ? List.of()
                        : site.connections.poll(20, TimeUnit.SECONDS);
                assertThat(seen).as("case %d of seed %d: %s", i, seed, Arrays.toString(bytes)).isEqualTo(expected);
                whole += expected.size();
                misled += alone(bytes, bareLineFeeds, lengthFirst).equals(expected) ? 0 : 1;
            }
        }
        assertThat(whole).isGreaterThan(CASES / 2);
        assertThat(misled).as("those that the server would have read otherwise").isGreaterThan(CASES / 20);
    }
}
