package org.schiltron.edge;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The text of the edge's own pages. */
final class DoorPages {
    private static final DateTimeFormatter TIME = DateTimeFormatter
            .ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final DoorSettings settings;

    DoorPages(DoorSettings settings) {
        this.settings = settings;
    }

    /**
     * A puzzle as a script finds it in the page.
     *
     * @param post  where the solution goes
     * @param check what says whether the cookie came back; null where none is set
     * @param next  where to go then; null: load the same again
     */
    record PuzzleBox(String issued, String challenge, int bits, String post, @Nullable String check,
            @Nullable String next) {
        String html(String withoutScript) {
            return "<div id=\"puzzle\" data-issued=\"" + issued + "\" data-challenge=\"" + challenge + "\" data-bits=\""
                    + bits + "\" data-parts=\"" + Puzzle.PARTS + "\" data-post=\"" + post + '"' + data("check", check)
                    + data("next", next) + ">\n<p id=\"line\" role=\"status\"></p>\n"
                    + "<progress id=\"bar\" value=\"0\" aria-label=\"Progress\" hidden></progress>\n</div>\n"
                    + "<noscript><p class=\"fault\">" + withoutScript + "</p></noscript>";
        }

        private static String data(String name, @Nullable String value) {
            return value == null ? "" : " data-" + name + "=\"" + Page.escape(value) + '"';
        }
    }

    /** In the place of any page of the service. */
    Page puzzle(String host, PuzzleBox box) {
        String shown = host.isEmpty() ? "this site" : "<b>" + Page.escape(host) + "</b>";
        return new Page("One moment, please", "<p>" + shown
                + " is protected against floods of requests. Your browser solves a small puzzle first; then the page you asked"
                + " for opens by itself.</p>\n"
                + box.html(
                        "This needs JavaScript, and your browser does not run it here. Turn JavaScript on for " + shown
                                + " and reload this page. You need it for this page only." + contact())
                + "\n<p class=\"small\">The puzzle costs computing time, which whoever sends a flood would have to spend many"
                + " times. Then a cookie lets you in for " + duration(settings.cookieSeconds()) + ".</p>",
                Page.Script.PUZZLE);
    }

    Page signIn(@Nullable String fault, @Nullable String to) {
        return new Page("Sign in to " + settings.service(),
                fault(fault) + "<p>" + settings.service() + " asks for a token.</p>\n"
                        + tokenForm("token", to) + note(),
                null);
    }

    Page needs(String what) {
        return new Page("Access to " + settings.service(), "<p class=\"fault\">" + Page.escape(what) + "</p>" + note(),
                null);
    }

    /**
     * The page where a grant is earned.
     *
     * @param until  the end of the grant that the address has; 0 without one
     * @param puzzle where a grant is earned by one, and now
     * @param to     a safe path to go on to; null if there is none
     */
    Page grant(String address, long until, @Nullable String fault, @Nullable PuzzleBox puzzle, @Nullable String to) {
        StringBuilder main = new StringBuilder(fault(fault));
        String service = settings.service(); // nothing in it to escape
        if (until > 0) {
            main.append("<p class=\"note\">Your address ").append(address).append(" may use ").append(service)
                    .append(" until <b>").append(time(until)).append("</b>.</p>\n");
            if (to != null)
                main.append("<p><a href=\"").append(Page.escape(to)).append("\">Go on to ").append(service)
                        .append("</a></p>\n");
            main.append("<h2>Stay longer</h2>\n");
        } else {
            main.append("<p>Your address ").append(address).append(" may not use ").append(service)
                    .append(" yet. This page lets it in for ").append(duration(settings.grantSeconds()))
                    .append(".</p>\n");
        }
        main.append(switch (settings.earnGrant()) {
            case TOKEN -> tokenForm("grant", to);
            case PASSWORD -> passwordForm(to);
            case MTLS -> form("grant", to, "<button>Use my certificate</button>");
            default -> puzzle == null
                    ? "<p><a href=\"" + Page.escape(OwnPages.home(to) + (to == null ? "?" : "&") + "more=1")
                            + "\">Let me in again from now on</a></p>"
                    : puzzle.html("This needs JavaScript, and your browser does not run it here. Turn JavaScript on for"
                            + " this page and reload it." + contact());
        });
        main.append("\n<p class=\"small\">Everyone ")
                .append(address.indexOf(':') < 0 ? "behind" : "in the /64 network of")
                .append(" the same address is let in with you.</p>").append(note());
        return new Page("Access to " + settings.service(), main.toString(), puzzle == null ? null : Page.Script.PUZZLE);
    }

    /** What a program is told instead of a page. */
    String puzzleInWords(String host) {
        return (host.isEmpty() ? "This service" : host)
                + " asks for a puzzle that a web browser solves. Open the address in one, or try again later.";
    }

    String noToken() {
        return "This is no token for " + settings.service() + ", or it has expired.";
    }

    String noCertificate(Visitor visitor) {
        return settings.service() + (visitor.certificate() == null
                ? " asks for a certificate, and none was shown."
                : " does not know the certificate that was shown.");
    }

    private String contact() {
        return settings.contact() == null ? "" : " " + Page.escape(settings.contact());
    }

    private String note() {
        return settings.contact() == null ? "" : "\n<p class=\"small\">" + Page.escape(settings.contact()) + "</p>";
    }

    private static String fault(@Nullable String fault) {
        return fault == null ? "" : "<p class=\"fault\" role=\"alert\">" + Page.escape(fault) + "</p>\n";
    }

    private static String tokenForm(String action, @Nullable String to) {
        return form(action, to,
                "<label>Token<input name=\"token\" required autocomplete=\"off\" spellcheck=\"false\"></label>\n"
                        + "<button>Let me in</button>");
    }

    private static String passwordForm(@Nullable String to) {
        return form("grant", to,
                "<label>Name<input name=\"user\" required autocomplete=\"username\" spellcheck=\"false\"></label>\n"
                        + "<label>Password<input name=\"password\" type=\"password\" required"
                        + " autocomplete=\"current-password\"></label>\n<button>Let me in</button>");
    }

    private static String form(String action, @Nullable String to, String fields) {
        return "<form method=\"post\" action=\"" + OwnPages.HOME + action + "\">\n" + (to == null
                ? ""
                : "<input type=\"hidden\" name=\"to\" value=\"" + Page.escape(to) + "\">\n") + fields + "\n</form>";
    }

    private static String time(long epochSeconds) {
        Instant instant = Instant.ofEpochSecond(epochSeconds);
        return "<time datetime=\"" + instant + "\">" + TIME.format(instant) + "</time>";
    }

    static String duration(long seconds) {
        if (seconds >= 2 * 86_400)
            return seconds / 86_400 + " days";
        if (seconds >= 2 * 3_600)
            return seconds / 3_600 + " hours";
        return seconds >= 120 ? seconds / 60 + " minutes" : seconds + " seconds";
    }
}
