package org.schiltron.app;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.Link;
import org.schiltron.proof.PublicKey;

/**
 * What a user calls a service:
 *
 * <pre>
 * schiltron:KEY@host:port,...         a link: the key and its mailboxes
 * schiltron:KEY@https://...           a key, and where its record lies
 * schiltron:KEY@example.net           a key, and the DNS name that has its record
 * schiltron:KEY                       a key, whose record lies in the BitTorrent DHT
 * https://... | example.net | FILE    where a record lies; whose it is, is remembered from the first time on
 * </pre>
 *
 * @param key null if only the place is known
 */
record ServiceName(@Nullable PublicKey key, Place place) {
    private static final String SCHEME = "schiltron:";
    private static final String HTTPS = "https://";
    private static final String FILE = "file:";

    /** Where its mailboxes are to be learnt. */
    sealed interface Place {
    }

    /** The name says it all. */
    record Contacts(Link link) implements Place {
    }

    /** A record or link in a file. */
    record InFile(Path file) implements Place {
        @Override
        public String toString() {
            return file.toString();
        }
    }

    /** Fetched from a web server. */
    record Https(URI uri) implements Place {
        @Override
        public String toString() {
            return uri.toString();
        }
    }

    /** In TXT records of this name. */
    record Dns(String name) implements Place {
        @Override
        public String toString() {
            return name;
        }
    }

    /** An item of the BitTorrent DHT. */
    record InDht(PublicKey key) implements Place {
        @Override
        public String toString() {
            return DhtAccess.PLACE;
        }
    }

    /** @throws IllegalArgumentException that says what is wrong */
    static ServiceName parse(String text) {
        String name = text.strip();
        if (name.length() > Link.MAX_CHARACTERS)
            throw new IllegalArgumentException("a link has at most 8192 characters, this has " + name.length());
        if (!name.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
            return new ServiceName(null, place(name));
        int at = name.indexOf('@');
        if (at < 0) {
            PublicKey key = key(name.substring(SCHEME.length()));
            return new ServiceName(key, new InDht(key));
        }
        String where = name.substring(at + 1);
        if (where.isEmpty() || !where.startsWith(HTTPS) && !where.startsWith(FILE) && where.indexOf(':') >= 0) {
            Link link = Link.parse(name);
            return new ServiceName(link.service(), new Contacts(link));
        }
        return new ServiceName(key(name.substring(SCHEME.length(), at)), place(where));
    }

    private static PublicKey key(String text) {
        try {
            return PublicKey.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the link's key: " + e.getMessage(), e);
        }
    }

    private static Place place(String text) {
        if (text.startsWith(HTTPS))
            return new Https(uri(text));
        if (text.contains("://"))
            throw new IllegalArgumentException(
                    "not a link: of addresses like \"" + shown(text) + "\" only https:// is taken");
        try {
            if (text.startsWith(FILE))
                return new InFile(Path.of(text.substring(FILE.length())));
            if (text.indexOf('/') >= 0 || !text.isEmpty() && Files.exists(Path.of(text)))
                return new InFile(Path.of(text));
            String host = new HostPort(text, 1).host();
            if (host.indexOf('.') > 0 && host.indexOf(':') < 0 && new HostPort(host, 1).address() == null)
                return new Dns(host);
        } catch (IllegalArgumentException e) {
            // It is neither, as said below.
        }
        throw new IllegalArgumentException("not a link: \"" + shown(text)
                + "\" begins with neither schiltron: nor https://, is no file here and no DNS name");
    }

    private static URI uri(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getHost() == null || uri.getUserInfo() != null || uri.getFragment() != null)
                throw new IllegalArgumentException(
                        "not a link: expected https://host/path, got \"" + shown(text) + "\"");
            return uri.getPath().isEmpty() || uri.getPath().equals("/")
                    ? uri.resolve("/.well-known/schiltron")
                    : uri;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a link: " + e.getReason() + " in \"" + shown(text) + "\"", e);
        }
    }

    /** Printable, and not much. */
    private static String shown(String text) {
        String head = text.substring(0, Math.min(60, text.length())).replaceAll("[^ -~]", "?");
        return text.length() > 60 ? head + "..." : head;
    }
}
