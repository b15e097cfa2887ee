package org.schiltron.edge;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A page of the edge's own: whole in itself, since whatever it would load might be what is under attack, and read by
 * anything that reads HTML. Its policy lets nothing run but the script it was made with.
 *
 * @param title in the window and as the heading
 * @param main  HTML, in which everything that came from elsewhere went through {@link #escape}
 */
record Page(String title, String main, @Nullable Script script) {
    /** What runs in a page. */
    enum Script {
        PUZZLE("puzzle.js");

        private final String text;
        private final String hash;

        Script(String resource) {
            text = lean(resource(resource));
            hash = hash(text);
        }
    }

    private static final String STYLE = lean(resource("page.css"));
    private static final String STYLE_HASH = hash(STYLE);

    String html() {
        return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                + "<meta name=\"robots\" content=\"noindex\"><title>" + escape(title) + "</title><style>" + STYLE
                + "</style></head>\n<body><main>\n<h1>" + escape(title) + "</h1>\n" + main + "\n</main>"
                + (script == null ? "" : "<script>" + script.text + "</script>") + "</body></html>\n";
    }

    /**
     * Content Security Policy, level 2: no source but what stands in the page itself, and the solver that it starts.
     */
    String contentSecurityPolicy() {
        return "default-src 'none'; style-src '" + STYLE_HASH + "'; form-action 'self'; base-uri 'none'; "
                + "frame-ancestors 'none'" + (script == null
                        ? ""
                        : "; script-src '" + script.hash + "'; connect-src 'self'; worker-src blob:");
    }

    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c < ' ' || c >= 0x7f && c < 0xa0 ? ' ' : c);
            }
        }
        return out.toString();
    }

    /** Without indentation and lines of comment: a page goes to everyone who asks, also to attackers. */
    private static String lean(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("//"))
                .collect(Collectors.joining("\n"));
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null)
                throw new IllegalStateException(name + " is not in the module");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
