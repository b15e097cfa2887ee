package org.schiltron.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;

/** Puzzles, cookies, tokens and grants as a browser meets them. */
class DoorkeeperTest {
    static final long NOW = 1_800_000_000;
    static final Visitor HERE = new Visitor(Path.ofIpv4(0xc0000201, 4_500), false);
    private static final Visitor NEIGHBOUR = new Visitor(Path.ofIpv4(0xc0000299, 4_500), false);
    private static final Visitor ELSEWHERE = new Visitor(Path.ofIpv4(0xc6336401, 4_500), false);
    private static final String HTML = "Host: shop.example~Accept: text/html~";

    private final EdgeKey key = new EdgeKey(new byte[32]);
    private final SourceGrants grants = new SourceGrants(2);
    private final BearerTokens tokens = new BearerTokens(key, "Shop", List.of("mallory"));

    private Doorkeeper door(Authentication method, Authentication earn, boolean bind) {
        return new Doorkeeper(new DoorSettings("Shop", method, earn, 12, 3_600, 1_800, bind, "Ask <desk> & co."), key,
                new Credentials(tokens, null, null, grants), new SeededRandom(1));
    }

    /** An answer taken apart; status 0 where the request was admitted. */
    record Reply(int status, String head, String body, @Nullable String client) {
        String field(String name) {
            int at = head.indexOf("\r\n" + name + ": ");
            return at < 0 ? "" : head.substring(at + name.length() + 4, head.indexOf("\r\n", at + 2));
        }

        String cookie() {
            return field("Set-Cookie").replaceAll(";.*", "");
        }
    }

    static Reply ask(Doorkeeper door, String row, Visitor visitor, long now) {
        byte[] bytes = HttpHeadTest.bytes(row);
        HttpHead head = HttpHeadTest.read(row);
        assertThat(head.refusal()).isNull();
        int wanted = door.wantedBody(head);
        byte[] body = new byte[Math.min(wanted, bytes.length - head.length())];
        System.arraycopy(bytes, head.length(), body, 0, body.length);
        return switch (door.rule(head, body, visitor, now)) {
            case Ruling.Admit admit -> new Reply(0, "", "", admit.client());
            case Ruling.Answer answer -> {
                String text = new String(answer.reply().encode(head.method().equals("HEAD")), UTF_8);
                int end = text.indexOf("\r\n\r\n") + 4;
                Reply reply = new Reply(answer.reply().status(), text.substring(0, end), text.substring(end), null);
                assertThat(reply.field("Cache-Control")).isEqualTo("no-store");
                assertThat(reply.field("Connection")).isEqualTo("close");
                yield reply;
            }
        };
    }

    private static Reply ask(Doorkeeper door, String row) {
        return ask(door, row, HERE, NOW);
    }

    private static String post(String path, String fields, String body) {
        return "POST " + path + " HTTP/1.1~" + HTML + fields + "Content-Length: " + body.getBytes(UTF_8).length + "~~"
                + body;
    }

    private static String solveAndPost(Reply page) {
        return post(Solver.attribute(page.body, "post"), "", Solver.solve(page.body));
    }

    @Test
    void aSolvedPuzzleLetsIn() {
        Doorkeeper door = door(Authentication.PUZZLE, Authentication.NONE, true);
        Reply page = ask(door, "GET /x?y=1 HTTP/1.1~" + HTML + "~");
        assertThat(page.status).isEqualTo(503);
        Reply solved = ask(door, solveAndPost(page));
        assertThat(solved.status).isEqualTo(204);
        assertThat(solved.field("Set-Cookie")).endsWith("; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax");
        String with = "GET /x?y=1 HTTP/1.1~" + HTML + "Cookie: a=b; " + solved.cookie() + "~~";
        assertThat(ask(door, with).client).isEmpty();
        assertThat(ask(door, with.replace("/x?y=1", "/.schiltron/cookie")).status).isEqualTo(204);
        assertThat(ask(door, "GET /.schiltron/cookie HTTP/1.1~" + HTML + "~").status).isEqualTo(403);
        assertThat(ask(door, with, HERE, NOW + 3_599).client).isEmpty();
        assertThat(ask(door, with, HERE, NOW + 3_600).status).as("expired").isEqualTo(503);
        assertThat(ask(door, with.replace("shop.example", "other.example")).status).isEqualTo(503);
        assertThat(ask(door, with.replace("schiltron=18", "schiltron=19")).status).as("forged").isEqualTo(503);
    }

    @Test
    void aSolutionIsSpentAndForItsAddress() {
        Doorkeeper door = door(Authentication.PUZZLE, Authentication.NONE, true);
        String solution = solveAndPost(ask(door, "GET / HTTP/1.1~" + HTML + "~"));
        assertThat(ask(door, solution, ELSEWHERE, NOW).body).contains("no solution");
        assertThat(ask(door, solution).status).isEqualTo(204);
        Reply again = ask(door, solution);
        assertThat(again.status).isEqualTo(403);
        assertThat(again.body).contains("used before");
        assertThat(again.field("Set-Cookie")).isEmpty();
    }

    @Test
    void cookiesAreBoundToTheNetworkWhereAsked() {
        for (boolean bind : new boolean[]{true, false}) {
            Doorkeeper door = door(Authentication.PUZZLE, Authentication.NONE, bind);
            String cookie = ask(door, solveAndPost(ask(door, "GET / HTTP/1.1~" + HTML + "~"))).cookie();
            String with = "GET / HTTP/1.1~" + HTML + "Cookie: " + cookie + "~~";
            assertThat(ask(door, with, NEIGHBOUR, NOW).status).isZero();
            assertThat(ask(door, with, ELSEWHERE, NOW).status).isEqualTo(bind ? 503 : 0);
        }
    }

    @Test
    void overTlsTheCookieIsForTlsAndThisHost() {
        Doorkeeper door = door(Authentication.PUZZLE, Authentication.NONE, true);
        Visitor tls = new Visitor(HERE.source(), true);
        Reply page = ask(door, "GET / HTTP/1.1~" + HTML + "~", tls, NOW);
        Reply solved = ask(door, solveAndPost(page), tls, NOW);
        assertThat(solved.field("Set-Cookie")).startsWith("__Host-schiltron=").endsWith("; Secure");
        String with = "GET / HTTP/1.1~" + HTML + "Cookie: " + solved.cookie() + "~~";
        assertThat(ask(door, with, tls, NOW).status).isZero();
        assertThat(ask(door, with.replace("__Host-", ""), tls, NOW).status).isEqualTo(503);
    }

    @Test
    void aKeyThatWasReplacedStillCounts() {
        Doorkeeper before = door(Authentication.PUZZLE, Authentication.NONE, true);
        String cookie = ask(before, solveAndPost(ask(before, "GET / HTTP/1.1~" + HTML + "~"))).cookie();
        String with = "GET / HTTP/1.1~" + HTML + "Cookie: " + cookie + "~~";
        DoorSettings settings = DoorSettings.of("Shop", Authentication.PUZZLE, Authentication.NONE);
        byte[] fresh = new SeededRandom(5).bytes(32);
        assertThat(
                ask(new Doorkeeper(settings, new EdgeKey(fresh, new byte[32]), Credentials.NONE, new SeededRandom(2)),
                        with).status)
                .isZero();
        assertThat(
                ask(new Doorkeeper(settings, new EdgeKey(fresh), Credentials.NONE, new SeededRandom(2)), with).status)
                .isEqualTo(503);
    }

    @Test
    void programsAreToldInWords() {
        Doorkeeper door = door(Authentication.PUZZLE, Authentication.NONE, true);
        for (String accept : List.of("", "Accept: */*~", "Accept: application/json~")) {
            Reply reply = ask(door, "GET /api HTTP/1.1~Host: shop.example~" + accept + "~");
            assertThat(reply.status).isEqualTo(503);
            assertThat(reply.field("Retry-After")).isEqualTo("30");
            assertThat(reply.field("Content-Type")).startsWith("text/plain");
            assertThat(reply.body).contains("web browser").hasLineCount(1);
        }
        assertThat(ask(door, "HEAD / HTTP/1.1~" + HTML + "~").body).isEmpty();
    }

    @Test
    void thePageNeedsNothingAndAllowsNothing() {
        Reply page = ask(door(Authentication.PUZZLE, Authentication.NONE, true), "GET / HTTP/1.1~" + HTML + "~");
        assertThat(page.body).doesNotContain("http://", "https://", "src=", "href=", "@import", "<link", "style=\"",
                "onclick");
        assertThat(page.field("Content-Security-Policy")).startsWith("default-src 'none'; style-src 'sha256-")
                .contains("script-src 'sha256-", "base-uri 'none'", "frame-ancestors 'none'").doesNotContain("unsafe");
        assertThat(page.body).contains("<noscript>", "Turn JavaScript on", "Ask &lt;desk&gt; &amp; co.",
                "<html lang=\"en\">", "role=\"status\"");
        assertThat(page.body.length()).isLessThan(8_000);
    }

    /** The policy names the script that is in the page, or no browser would run it. */
    @Test
    void thePolicyNamesTheScriptInThePage() throws Exception {
        Reply page = ask(door(Authentication.PUZZLE, Authentication.NONE, true), "GET / HTTP/1.1~" + HTML + "~");
        for (String element : List.of("script", "style")) {
            String text = page.body.replaceAll("(?s).*<" + element + ">(.*)</" + element + ">.*", "$1");
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            assertThat(page.field("Content-Security-Policy"))
                    .contains(element + "-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/\"><script>alert(1)</script>", "//evil.example", "/x?'y", "/%0d%0aSet-Cookie:x"})
    void nothingOfARequestIsRunOrFollowed(String path) {
        for (Authentication method : List.of(Authentication.PUZZLE, Authentication.GRANT, Authentication.TOKEN)) {
            Doorkeeper door = door(method,
                    method == Authentication.GRANT ? Authentication.TOKEN : Authentication.NONE, true);
            HttpHead head = HttpHeadTest.read("GET " + path + " HTTP/1.1~" + HTML + "~");
            if (head.refusal() != null)
                continue; // not even a request
            Reply page = ask(door, "GET " + path + " HTTP/1.1~" + HTML + "~");
            assertThat(page.body).doesNotContain("<script>alert", "evil.example", "'y");
            assertThat(page.head).doesNotContain("Set-Cookie");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "",
            "/a%0d%0aSet-Cookie: x=y", "/%20", "evil", "/\u00e9"})
    void nobodyIsSentToAnotherSite(String to) {
        Doorkeeper door = door(Authentication.TOKEN, Authentication.NONE, true);
        String decoded = to.equals("/%20") ? "/ " : to;
        String form = "token=" + tokens.issue("alice", NOW + 60) + "&to="
                + Form.encode(decoded.replace("%0d%0a", "\r\n"));
        Reply reply = ask(door, post("/.schiltron/token", "", form));
        assertThat(reply.status).isEqualTo(303);
        assertThat(reply.field("Location")).isEqualTo("/");
    }

    @Test
    void aTokenIsShownInAHeaderACookieOrTypedIn() {
        Doorkeeper door = door(Authentication.TOKEN, Authentication.NONE, true);
        String token = tokens.issue("alice", NOW + 60);
        assertThat(ask(door, "GET / HTTP/1.1~Host: a~Authorization: bearer " + token + "~~").client).isEqualTo("alice");
        assertThat(
                ask(door, "GET / HTTP/1.1~Host: a~Cookie: schiltron-token=x; schiltron-token=" + token + "~~").client)
                .isEqualTo("alice");
        Reply form = ask(door,
                "GET /a?b=\"c HTTP/1.1~Host: a~~".replace("\"", "%22").replace("Host: a", HTML + "X: y"));
        assertThat(form.status).isEqualTo(401);
        assertThat(form.field("WWW-Authenticate")).isEqualTo("Bearer realm=\"Shop\"");
        assertThat(form.body).contains("value=\"/a?b=%22c\"");
        Reply typed = ask(door, post("/.schiltron/token", "", "to=%2Fa%3Fb%3D1&token=+" + token));
        assertThat(typed.field("Location")).isEqualTo("/a?b=1");
        assertThat(typed.field("Set-Cookie")).contains("Max-Age=60;", "HttpOnly");
        assertThat(ask(door, "GET / HTTP/1.1~Host: a~Cookie: " + typed.cookie() + "~~").client).isEqualTo("alice");
        Reply wrong = ask(door, post("/.schiltron/token", "", "token=x"));
        assertThat(wrong.status).isEqualTo(403);
        assertThat(wrong.body).contains("no token for Shop");
    }

    @Test
    void tokensThatDoNotCount() {
        Doorkeeper door = door(Authentication.TOKEN, Authentication.NONE, true);
        String token = tokens.issue("alice", NOW + 60);
        for (String bad : List.of("x", "", token + "x", token.replace("alice", "bob"), token.replace("18", "19"),
                token.substring(0, token.length() - 1), tokens.issue("mallory", NOW + 60), tokens.issue("alice", NOW),
                new BearerTokens(key, "Other", List.of()).issue("alice", NOW + 60),
                new BearerTokens(new EdgeKey(new SeededRandom(9).bytes(32)), "Shop", List.of()).issue("alice",
                        NOW + 60)))
            assertThat(ask(door, "GET / HTTP/1.1~Host: a~Authorization: Bearer " + bad + "~~").status).as(bad)
                    .isEqualTo(401);
        assertThatThrownBy(() -> tokens.issue("a b", NOW)).hasMessageContaining("64");
        // A puzzle's cookie is no token, and a token no puzzle's cookie.
        String cookie = "schiltron=" + token;
        assertThat(
                ask(door(Authentication.PUZZLE, Authentication.NONE, false), "GET / HTTP/1.1~Host: a~Cookie: " + cookie
                        + "~~").status)
                .isEqualTo(503);
    }

    @Test
    void mutantsOfATokenLetNobodyIn() {
        byte[] token = tokens.issue("alice", NOW + 60).getBytes(ISO_8859_1);
        Fuzz.mutants(Fuzz.random(), List.of(token), mutant -> {
            String text = new String(mutant, ISO_8859_1);
            // the last character of base64 has bits that say nothing
            if (!text.startsWith(new String(token, 0, token.length - 1, ISO_8859_1)) || text.length() != token.length)
                assertThat(tokens.client(text, NOW)).isNull();
        });
    }

    @Test
    void aPuzzleEarnsAGrantForEverythingElse() {
        Doorkeeper door = door(Authentication.NONE, Authentication.PUZZLE, true);
        Reply page = ask(door, "GET /.schiltron/?to=/lobby HTTP/1.1~" + HTML + "~");
        assertThat(page.status).isEqualTo(200);
        assertThat(page.body).contains("192.0.2.1 may not use Shop yet", "for 30 minutes");
        assertThat(grants.granted(HERE.source(), NOW)).isFalse();
        assertThat(ask(door, solveAndPost(page)).status).isEqualTo(204);
        assertThat(grants.until(HERE.source(), NOW)).isEqualTo(NOW + 1_800);
        assertThat(grants.granted(ELSEWHERE.source(), NOW)).isFalse();
        Reply granted = ask(door, "GET /.schiltron/?to=/lobby HTTP/1.1~" + HTML + "~");
        assertThat(granted.body).contains("may use Shop until", "2027-01-15T08:30:00Z", "15 January 2027, 08:30 UTC",
                "href=\"/lobby\"").doesNotContain("id=\"puzzle\"");
        assertThat(ask(door, "GET / HTTP/1.1~" + HTML + "~").status).as("the service itself asks nothing").isZero();
    }

    @Test
    void aFullTableTurnsNewcomersAway() {
        Doorkeeper door = door(Authentication.GRANT, Authentication.TOKEN, true);
        String form = post("/.schiltron/grant", "", "token=" + tokens.issue("alice", NOW + 60) + "&to=/a");
        assertThat(ask(door, form, HERE, NOW).field("Location")).isEqualTo("/.schiltron/?to=/a");
        assertThat(ask(door, form, NEIGHBOUR, NOW).status).isEqualTo(303);
        Reply full = ask(door, form, ELSEWHERE, NOW);
        assertThat(full.status).isEqualTo(503);
        assertThat(full.field("Retry-After")).isEqualTo("30");
        assertThat(ask(door, form, HERE, NOW).status).as("who is in may stay").isEqualTo(303);
        assertThat(ask(door, "GET / HTTP/1.1~" + HTML + "~").status).isZero();
        assertThat(ask(door, "GET / HTTP/1.1~" + HTML + "~", ELSEWHERE, NOW).status).isEqualTo(403);
        assertThat(ask(door, "GET / HTTP/1.1~Host: a~~", ELSEWHERE, NOW).body).contains("may not use Shop yet",
                "a/.schiltron/");
    }

    @Test
    void formsOfOtherSitesAreNotTaken() {
        Doorkeeper door = door(Authentication.GRANT, Authentication.TOKEN, true);
        String body = "token=" + tokens.issue("alice", NOW + 60);
        for (String fields : List.of("Origin: http://evil.example~", "Origin: null~", "Sec-Fetch-Site: cross-site~",
                "Sec-Fetch-Site: same-site~", "Origin: shop.example~"))
            assertThat(ask(door, post("/.schiltron/grant", fields, body)).body).contains("another site");
        assertThat(grants.size()).isZero();
        assertThat(ask(door,
                post("/.schiltron/grant", "Origin: http://Shop.example~Sec-Fetch-Site: same-origin~", body)).status)
                .isEqualTo(303);
    }

    @Test
    void itsOwnPagesAreItsOwnAlone() {
        Doorkeeper door = door(Authentication.PUZZLE, Authentication.NONE, true);
        assertThat(ask(door, "GET /.schiltron HTTP/1.1~" + HTML + "~").field("Location")).isEqualTo("/.schiltron/");
        for (String path : List.of("/.schiltron/", "/.schiltron/x", "/.schiltron/grant", "/.schiltron/token?x"))
            assertThat(ask(door, "GET " + path + " HTTP/1.1~" + HTML + "~").status).as(path).isEqualTo(404);
        assertThat(ask(door, post("/.schiltron/grant", "", "x")).status).isEqualTo(404);
        assertThat(ask(door, "DELETE /.schiltron/ HTTP/1.1~" + HTML + "~").status).isEqualTo(405);
        assertThat(ask(door, post("/.schiltron/puzzle", "", "x".repeat(5_000))).status).isEqualTo(413);
        assertThat(ask(door, "POST /.schiltron/puzzle HTTP/1.1~" + HTML + "Transfer-Encoding: chunked~~").status)
                .isEqualTo(413);
        assertThat(ask(door, post("/.schiltron/puzzle", "", "")).status).isEqualTo(403);
        Doorkeeper open = door(Authentication.NONE, Authentication.NONE, true);
        assertThat(ask(open, "GET /.schiltron/ HTTP/1.1~" + HTML + "~").status).as("no pages of its own").isZero();
    }

    @ParameterizedTest
    @EnumSource(Authentication.class)
    void whatIsAskedForMustBeThere(Authentication method) {
        if (method == Authentication.NONE || method == Authentication.PUZZLE)
            return;
        assertThatThrownBy(() -> new Doorkeeper(
                DoorSettings.of("Shop", method,
                        method == Authentication.GRANT ? Authentication.PUZZLE : Authentication.NONE),
                key, Credentials.NONE, new SeededRandom(1))).hasMessageContaining("the settings ask for");
    }

    @Test
    void settingsHaveTheirRanges() {
        assertThatThrownBy(() -> DoorSettings.of("a\"b", Authentication.NONE, Authentication.NONE))
                .hasMessageContaining("name");
        assertThatThrownBy(() -> DoorSettings.of("a", Authentication.GRANT, Authentication.NONE))
                .hasMessageContaining("earned");
        assertThatThrownBy(() -> DoorSettings.of("a", Authentication.NONE, Authentication.GRANT))
                .hasMessageContaining("not by a grant");
        assertThatThrownBy(
                () -> new DoorSettings("a", Authentication.NONE, Authentication.NONE, 40, 60, 60, true, null))
                .hasMessageContaining("40");
        assertThatThrownBy(
                () -> new DoorSettings("a", Authentication.NONE, Authentication.NONE, 20, 59, 60, true, null))
                .hasMessageContaining("60 seconds");
    }
}
