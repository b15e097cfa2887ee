package org.schiltron.edge;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The edge's own pages and the forms in them.
 *
 * <pre>
 * /.schiltron/          where grants are earned, and shown; with tokens, where one is typed in
 * /.schiltron/grant     takes a token, a password, a solution, or the certificate; gives a grant
 * /.schiltron/puzzle    takes a solution; gives a cookie
 * /.schiltron/token     takes a token; gives it back as a cookie
 * /.schiltron/cookie    says whether the cookie came back
 * </pre>
 */
final class OwnPages {
    static final String HOME = "/.schiltron/";
    static final String TOKEN_COOKIE = "schiltron-token";

    private static final int RETRY_SECONDS = 30;

    private final DoorSettings settings;
    private final Credentials credentials;
    private final Puzzle puzzle;
    private final PuzzleCookie cookie;
    private final DoorPages pages;

    OwnPages(DoorSettings settings, Credentials credentials, Puzzle puzzle, PuzzleCookie cookie, DoorPages pages) {
        this.settings = settings;
        this.credentials = credentials;
        this.puzzle = puzzle;
        this.cookie = cookie;
        this.pages = pages;
    }

    /** Whether the path is one of these, or would be. */
    static boolean covers(String path) {
        String page = withoutQuery(path);
        return page.startsWith(HOME) || page.equals(HOME.substring(0, HOME.length() - 1));
    }

    /** The page where grants are earned, with a path to go on to from there. */
    static String home(@Nullable String to) {
        return HOME + (to == null ? "" : "?to=" + Form.encode(to));
    }

    /** @param body each byte one character */
    HttpReply answer(HttpHead head, String body, Visitor visitor, long now) {
        if (head.framing() == HttpHead.Framing.CHUNKED || head.contentLength() != body.length())
            return HttpReply.text(413, "A form of the edge has at most " + Doorkeeper.MAX_BODY + " bytes.");
        boolean post = head.method().equals("POST");
        if (!post && !head.method().equals("GET") && !head.method().equals("HEAD"))
            return HttpReply.text(405, "The edge's pages take GET and POST.").with("Allow", "GET, HEAD, POST");
        if (post)
            return sameOrigin(head)
                    ? posted(head, body, visitor, now)
                    : HttpReply.text(403, "This form came from another site.");
        return switch (withoutQuery(head.path())) {
            case HOME -> home(head, visitor, now);
            case HOME + "cookie" -> HttpReply.empty(cookie.isWith(head, visitor, now) ? 204 : 403);
            default -> covers(head.path()) && !head.path().startsWith(HOME)
                    ? HttpReply.empty(303).with("Location", HOME)
                    : none();
        };
    }

    private HttpReply home(HttpHead head, Visitor visitor, long now) {
        String to = Form.safePath(Form.ofQuery(head.path()).value("to"));
        if (settings.givesGrants())
            return grantPage(200, head, visitor, null, to, now);
        return settings.method() == Authentication.TOKEN ? HttpReply.html(200, pages.signIn(null, to)) : none();
    }

    private HttpReply posted(HttpHead head, String body, Visitor visitor, long now) {
        String page = withoutQuery(head.path());
        if (page.equals(HOME + "puzzle") && settings.method() == Authentication.PUZZLE) {
            Puzzle.Outcome outcome = puzzle.check(body, visitor.source(), place(head), now);
            return outcome == Puzzle.Outcome.SOLVED
                    ? HttpReply.empty(204).with("Set-Cookie", cookie.set(head, visitor, now))
                    : HttpReply.text(403, outcome.text);
        }
        if (page.equals(HOME + "token") && settings.method() == Authentication.TOKEN)
            return typedToken(new Form(body), visitor, now);
        return page.equals(HOME + "grant") && settings.givesGrants() ? earned(head, body, visitor, now) : none();
    }

    private HttpReply typedToken(Form form, Visitor visitor, long now) {
        String to = Form.safePath(form.value("to"));
        String token = form.value("token").strip();
        if (credentials.token(token, now) == null)
            return HttpReply.html(403, pages.signIn(pages.noToken(), to));
        long seconds = Math.min(settings.cookieSeconds(), SignedWord.expires(token) - now);
        return HttpReply.empty(303).with("Location", Objects.requireNonNullElse(to, "/")).with("Set-Cookie",
                HttpCookies.set(TOKEN_COOKIE, token, seconds, visitor.tls()));
    }

    private HttpReply earned(HttpHead head, String body, Visitor visitor, long now) {
        boolean byPuzzle = settings.earnGrant() == Authentication.PUZZLE;
        Form form = new Form(byPuzzle ? "" : body);
        String to = Form.safePath(form.value("to"));
        String fault = switch (settings.earnGrant()) {
            case PUZZLE -> {
                Puzzle.Outcome outcome = puzzle.check(body, visitor.source(), place(head), now);
                yield outcome == Puzzle.Outcome.SOLVED ? null : outcome.text;
            }
            case TOKEN -> credentials.token(form.value("token").strip(), now) == null ? pages.noToken() : null;
            case PASSWORD -> switch (credentials.password(form.value("user"), form.value("password"), visitor, now)) {
                case RIGHT -> null;
                case WRONG -> "The name or the password is wrong.";
                case LATER -> "Too many attempts. Wait half a minute.";
            };
            case MTLS -> credentials.certificate(visitor, now) == null ? pages.noCertificate(visitor) : null;
            case NONE, GRANT -> "Nothing is granted here.";
        };
        if (fault != null)
            return byPuzzle ? HttpReply.text(403, fault) : grantPage(403, head, visitor, fault, to, now);
        if (!credentials.grantTable().grant(visitor.source(), now + settings.grantSeconds(), now))
            return HttpReply.unavailable("No more addresses can be let in now.", RETRY_SECONDS);
        return byPuzzle ? HttpReply.empty(204) : HttpReply.empty(303).with("Location", home(to));
    }

    /**
     * Where a grant is earned, and how long one still holds.
     *
     * @param to a safe path; null if there is none
     */
    HttpReply grantPage(int status, HttpHead head, Visitor visitor, @Nullable String fault, @Nullable String to,
            long now) {
        long until = credentials.grantTable().until(visitor.source(), now);
        boolean asked = until == 0 || Form.ofQuery(head.path()).value("more").equals("1");
        DoorPages.PuzzleBox box = settings.earnGrant() == Authentication.PUZZLE && asked
                ? box(head, visitor, HOME + "grant", null, home(to), now)
                : null;
        return HttpReply.html(status, pages.grant(visitor.address(), until, fault, box, to));
    }

    /** In the place of any page: solving it gives the cookie, and then the page. */
    HttpReply puzzlePage(HttpHead head, Visitor visitor, long now) {
        DoorPages.PuzzleBox box = box(head, visitor, HOME + "puzzle", HOME + "cookie", null, now);
        return HttpReply.html(503, pages.puzzle(head.serverName(), box));
    }

    /** What a solution is for: no other service takes it, whatever name it is asked for by. */
    private String place(HttpHead head) {
        return settings.service() + "/" + head.host();
    }

    private DoorPages.PuzzleBox box(HttpHead head, Visitor visitor, String post, @Nullable String check,
            @Nullable String next, long now) {
        String issued = puzzle.issue(now);
        return new DoorPages.PuzzleBox(issued, puzzle.challenge(issued, visitor.source(), place(head)),
                puzzle.partBits(), post, check, next);
    }

    private static HttpReply none() {
        return HttpReply.text(404, "The edge has no such page.");
    }

    /** Browsers tell where a form stood; what tells nothing is no browser, and nobody's cookies are at stake. */
    private static boolean sameOrigin(HttpHead head) {
        String site = head.fields().first("sec-fetch-site");
        if (site != null && !site.equals("same-origin") && !site.equals("none"))
            return false;
        String origin = head.fields().first("origin");
        int slashes = origin == null ? -1 : origin.indexOf("://");
        return origin == null || slashes > 0 && head.host().equals(HttpTarget.host(origin.substring(slashes + 3)));
    }

    private static String withoutQuery(String path) {
        int mark = path.indexOf('?');
        return mark < 0 ? path : path.substring(0, mark);
    }
}
