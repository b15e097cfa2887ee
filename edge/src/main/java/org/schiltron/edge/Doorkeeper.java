package org.schiltron.edge;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.RandomSource;

/**
 * Decides about each request that an edge can read: to the service, to a page of the edge's own ({@link #OWN}), or
 * back. Mayday (2003), section 3.3. May be used by several threads.
 */
public final class Doorkeeper {
    /** Where the edge's own pages are, if it has some: with tokens that can be typed in, puzzles, or grants. */
    public static final String OWN = OwnPages.HOME;
    /** Of a request to one of them. */
    public static final int MAX_BODY = 4_096;

    private static final int RETRY_SECONDS = 30;

    private final DoorSettings settings;
    private final Credentials credentials;
    private final PuzzleCookie cookie;
    private final DoorPages pages;
    private final OwnPages own;

    /** @throws IllegalArgumentException if the settings ask for what is not there */
    public Doorkeeper(DoorSettings settings, EdgeKey key, Credentials credentials, RandomSource random) {
        credentials.check(settings);
        this.settings = settings;
        this.credentials = credentials;
        cookie = new PuzzleCookie(key, settings);
        pages = new DoorPages(settings);
        own = new OwnPages(settings, credentials, new Puzzle(key, settings.puzzleBits(), random), cookie, pages);
    }

    /** Whether the request is for a page of the edge's own, and never for the service. */
    public boolean isOwn(HttpHead head) {
        return settings.hasOwnPages() && OwnPages.covers(head.path());
    }

    /** How many bytes of body {@link #rule} wants with this head: 0 to {@value #MAX_BODY}. */
    public int wantedBody(HttpHead head) {
        return isOwn(head) && head.contentLength() <= MAX_BODY ? (int) head.contentLength() : 0;
    }

    /**
     * Whether {@link #rule} may take tens of milliseconds of one core, for a password that was not right lately from there: not
     * for a thread on which others wait.
     */
    public boolean takesLong(HttpHead head, Visitor visitor, long nowEpochSeconds) {
        if (isOwn(head))
            return settings.earnGrant() == Authentication.PASSWORD && head.method().equals("POST");
        String[] basic = settings.method() == Authentication.PASSWORD ? basic(head) : null;
        return basic != null && !credentials.remembers(basic[0], basic[1], visitor, nowEpochSeconds);
    }

    /**
     * What becomes of a request. An answer of the edge's own goes out once those to earlier requests are over
     * ({@link HttpAnswers#outstanding} is 1).
     *
     * @param body as many bytes as {@link #wantedBody} said
     */
    public Ruling rule(HttpHead head, byte[] body, Visitor visitor, long nowEpochSeconds) {
        if (isOwn(head))
            return new Ruling.Answer(
                    own.answer(head, new String(body, StandardCharsets.ISO_8859_1), visitor, nowEpochSeconds));
        return switch (settings.method()) {
            case NONE -> new Ruling.Admit("");
            case GRANT -> byGrant(head, visitor, nowEpochSeconds);
            case PUZZLE -> byPuzzle(head, visitor, nowEpochSeconds);
            case TOKEN -> byToken(head, nowEpochSeconds);
            case PASSWORD -> byPassword(head, visitor, nowEpochSeconds);
            case MTLS -> byCertificate(head, visitor, nowEpochSeconds);
        };
    }

    private Ruling byGrant(HttpHead head, Visitor visitor, long now) {
        if (credentials.grantTable().granted(visitor.source(), now))
            return new Ruling.Admit("");
        return new Ruling.Answer(readsHtml(head)
                ? own.grantPage(403, head, visitor, null, back(head), now)
                : HttpReply.text(403,
                        "This address may not use " + settings.service() + " yet. Open " + head.host() + OWN
                                + " in a web browser."));
    }

    private Ruling byPuzzle(HttpHead head, Visitor visitor, long now) {
        if (cookie.isWith(head, visitor, now))
            return new Ruling.Admit("");
        return new Ruling.Answer(readsHtml(head)
                ? own.puzzlePage(head, visitor, now)
                : HttpReply.unavailable(pages.puzzleInWords(head.host()), RETRY_SECONDS));
    }

    private Ruling byToken(HttpHead head, long now) {
        String bearer = authorization(head, "bearer");
        String client = bearer == null ? null : credentials.token(bearer, now);
        for (String value : HttpCookies.values(head, OwnPages.TOKEN_COOKIE))
            if (client == null && bearer == null)
                client = credentials.token(value, now);
        if (client != null)
            return new Ruling.Admit(client);
        HttpReply reply = readsHtml(head)
                ? HttpReply.html(401, pages.signIn(null, back(head)))
                : HttpReply.text(401, settings.service() + " asks for a token: Authorization: Bearer TOKEN.");
        return new Ruling.Answer(reply.with("WWW-Authenticate", "Bearer realm=\"" + settings.service() + "\""));
    }

    private Ruling byPassword(HttpHead head, Visitor visitor, long now) {
        String[] basic = basic(head);
        Passwords.Outcome outcome = basic == null
                ? Passwords.Outcome.WRONG
                : credentials.password(basic[0], basic[1], visitor, now);
        if (basic != null && outcome == Passwords.Outcome.RIGHT)
            return new Ruling.Admit(basic[0]);
        if (outcome == Passwords.Outcome.LATER)
            return new Ruling.Answer(HttpReply.text(429, "Too many attempts. Wait half a minute.").with("Retry-After",
                    Integer.toString(Passwords.LATER_SECONDS)));
        String text = settings.service() + " asks for a name and a password.";
        HttpReply reply = readsHtml(head)
                ? HttpReply.html(401, pages.needs(text + " Reload this page to try again."))
                : HttpReply.text(401, text);
        return new Ruling.Answer(
                reply.with("WWW-Authenticate", "Basic realm=\"" + settings.service() + "\", charset=\"UTF-8\""));
    }

    private Ruling byCertificate(HttpHead head, Visitor visitor, long now) {
        String client = credentials.certificate(visitor, now);
        if (client != null)
            return new Ruling.Admit(client);
        String text = pages.noCertificate(visitor);
        return new Ruling.Answer(
                readsHtml(head) ? HttpReply.html(403, pages.needs(text)) : HttpReply.text(403, text));
    }

    /** What a browser is sent back to once it is let in; null if it is not just a page that was asked for. */
    private static @Nullable String back(HttpHead head) {
        return head.method().equals("GET") ? Form.safePath(head.path()) : null;
    }

    private static boolean readsHtml(HttpHead head) {
        String accept = head.fields().first("accept");
        return accept != null && accept.contains("text/html");
    }

    private static @Nullable String authorization(HttpHead head, String scheme) {
        String field = head.fields().first("authorization");
        if (field == null || field.length() <= scheme.length() || field.charAt(scheme.length()) != ' '
                || !HttpFields.lower(field.substring(0, scheme.length())).equals(scheme))
            return null;
        return HttpFields.trim(field.substring(scheme.length()));
    }

    /** Name and password (RFC 7617); null if there are none. */
    private static String @Nullable [] basic(HttpHead head) {
        String text = authorization(head, "basic");
        if (text == null)
            return null;
        try {
            String pair = new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0 ? null : new String[]{pair.substring(0, colon), pair.substring(colon + 1)};
        } catch (IllegalArgumentException e) {
            return null; // not base64
        }
    }
}
