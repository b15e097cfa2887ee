package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request of HTTP/1.0 or HTTP/1.1 (RFC 9112), read strictly. The backend reads the same bytes with a
 * reader of its own; where two readers can disagree about where the request ends or whom it is for, one of them is
 * misled, so whatever could be read in two ways is refused. RFC 9112 allows a server more than this in several
 * places: bare line feeds and empty lines before a request (2.2), lines that go on (5.2), codings before chunked
 * (6.1), and lists of equal lengths (6.3). Each has been a way to smuggle a request.
 */
public final class HttpHead {
    public static final int MAX_BYTES = 16 * 1024;

    /** How the end of a body is found (RFC 9112, section 6.3). */
    public enum Framing {
        NONE, LENGTH, CHUNKED,
        /** Of an answer only: as long as the connection. */
        UNTIL_CLOSE
    }

    private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z0-9_-]{0,23}");
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");
    /** Fields that concern the message's way to its end: who names one in Connection asks a proxy to lose it. */
    private static final List<String> NOT_OF_A_CONNECTION = List.of("content-length", "transfer-encoding", "host",
            "authorization", "cookie");

    private final HttpLines lines = new HttpLines(MAX_BYTES);
    private final HttpFields fields = new HttpFields();
    private Reading state = Reading.MORE;
    private @Nullable Refusal refusal;
    private String method = "";
    private @Nullable HttpTarget target;
    private int minor;
    private String host = "";
    private Framing framing = Framing.NONE;
    private long contentLength;
    private boolean keepAlive;
    private boolean upgrade;

    /** All bytes so far, from the buffer's position to its limit, which stay as they are. */
    public Reading read(ByteBuffer bytes) {
        while (state == Reading.MORE) {
            String line = lines.next(bytes, 0);
            if (line == null)
                return unfinished(bytes);
            if (method.isEmpty())
                requestLine(line);
            else if (line.isEmpty())
                complete();
            else if (fields.full())
                refuse(Refusal.HTTP_TOO_MANY_FIELDS);
            else if (!fields.add(line))
                refuse(Refusal.HTTP_FIELD);
        }
        return state;
    }

    /** Why it was refused; null before. */
    public @Nullable Refusal refusal() {
        return refusal;
    }

    /** How many bytes it takes, the empty line included. */
    public int length() {
        return lines.length();
    }

    /** In capitals; "" while its line is not complete. */
    public String method() {
        return method;
    }

    /** The path with its query, or {@code *}. */
    public String path() {
        return target == null ? "" : target.path();
    }

    /**
     * The host with its port if one was sent, in lower case; "" in HTTP/1.0 without Host. An IPv6 address is in
     * brackets.
     */
    public String host() {
        return host;
    }

    /** {@link #host} without the port: what a service is found by. */
    public String serverName() {
        int colon = host.lastIndexOf(':');
        return colon > host.indexOf(']') ? host.substring(0, colon) : host;
    }

    /** 0 or 1. */
    public int minorVersion() {
        return minor;
    }

    public HttpFields fields() {
        return fields;
    }

    public Framing framing() {
        return framing;
    }

    /** Bytes of body, 0 unless {@link Framing#LENGTH}. */
    public long contentLength() {
        return contentLength;
    }

    /**
     * Whether the client will send another request on this connection if the answer lets it (RFC 9112, section 9.3).
     */
    public boolean keepAlive() {
        return keepAlive;
    }

    /** Whether the connection becomes another protocol's if the answer is 101: WebSocket's, say. */
    public boolean upgrade() {
        return upgrade;
    }

    private Reading refuse(Refusal why) {
        refusal = why;
        state = Reading.REFUSED;
        return state;
    }

    /** More is needed, unless what is there cannot become a head. */
    private Reading unfinished(ByteBuffer bytes) {
        if (method.isEmpty() && bytes.hasRemaining() && !isCapital(bytes.get(bytes.position())))
            return refuse(Refusal.NOT_HTTP);
        if (lines.tooLong())
            return refuse(Refusal.HTTP_HEAD_TOO_LONG);
        if (lines.broken())
            return refuse(method.isEmpty() ? Refusal.NOT_HTTP : Refusal.HTTP_LINE);
        return state;
    }

    /** {@code method SP target SP HTTP/1.x} with single spaces. */
    private void requestLine(String line) {
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        if (first < 1 || last == first || !isCapital((byte) line.charAt(0))) {
            refuse(Refusal.NOT_HTTP);
            return;
        }
        String version = line.substring(last + 1);
        method = line.substring(0, first);
        minor = version.equals("HTTP/1.1") ? 1 : 0;
        if (version.equals("HTTP/2.0") && method.equals("PRI"))
            refuse(Refusal.HTTP_2);
        else if (!version.equals("HTTP/1.0") && minor == 0)
            refuse(version.startsWith("HTTP/") ? Refusal.HTTP_VERSION : Refusal.NOT_HTTP);
        else if (!isMethod(method))
            refuse(Refusal.HTTP_METHOD);
        else {
            target = HttpTarget.parse(method, line.substring(first + 1, last));
            if (target == null)
                refuse(Refusal.HTTP_TARGET);
        }
    }

    private void complete() {
        Refusal wrong = host(fields.first("host"));
        if (wrong == null)
            wrong = framing(fields.first("content-length"), fields.first("transfer-encoding"));
        if (wrong == null)
            wrong = connection(fields.members("connection"));
        if (wrong == null)
            wrong = others();
        state = wrong == null ? Reading.OK : refuse(wrong);
    }

    private @Nullable Refusal others() {
        if (fields.count("authorization") > 1)
            return Refusal.HTTP_FIELD; // which one lets in?
        String expect = fields.first("expect");
        return expect == null || fields.count("expect") == 1 && HttpFields.lower(expect).equals("100-continue")
                ? null
                : Refusal.HTTP_EXPECT;
    }

    private @Nullable Refusal host(@Nullable String field) {
        if (field == null)
            return minor == 0 && target != null && target.authority() == null ? null : Refusal.HTTP_HOST;
        String name = HttpTarget.host(field);
        if (name == null || fields.count("host") > 1)
            return Refusal.HTTP_HOST;
        host = name;
        // RFC 9112, section 3.2.2: the target's counts, and Host must be the same
        String authority = target == null ? null : target.authority();
        return authority == null || name.equals(HttpTarget.host(authority)) ? null : Refusal.HTTP_OTHER_HOST;
    }

    private @Nullable Refusal framing(@Nullable String length, @Nullable String coding) {
        if (coding != null) {
            if (length != null)
                return Refusal.HTTP_TWO_LENGTHS;
            framing = Framing.CHUNKED;
            return minor == 1 && fields.count("transfer-encoding") == 1 && HttpFields.lower(coding).equals("chunked")
                    ? null
                    : Refusal.HTTP_CODING;
        }
        if (length == null)
            return null;
        contentLength = fields.count("content-length") == 1 ? number(length) : -1;
        framing = contentLength > 0 ? Framing.LENGTH : Framing.NONE;
        return contentLength >= 0 ? null : Refusal.HTTP_LENGTH;
    }

    private @Nullable Refusal connection(List<String> options) {
        for (String option : options)
            if (NOT_OF_A_CONNECTION.contains(option) || !HttpFields.isToken(option))
                return Refusal.HTTP_CONNECTION;
        keepAlive = !options.contains("close") && (minor == 1 || options.contains("keep-alive"));
        List<String> protocols = fields.members("upgrade");
        upgrade = minor == 1 && options.contains("upgrade") && !protocols.isEmpty();
        // An upgraded connection's requests would be seen by nobody here, so not to more HTTP.
        return protocols.contains("h2c") || upgrade && framing != Framing.NONE ? Refusal.HTTP_UPGRADE : null;
    }

    /** Digits alone, no zero before others, at most 18; -1 if it is none. */
    static long number(String text) {
        return NUMBER.matcher(text).matches() ? Long.parseLong(text) : -1;
    }

    /** Capitals, digits and hyphens; CONNECT would make the connection a tunnel that nobody looks into. */
    private static boolean isMethod(String text) {
        return METHOD.matcher(text).matches() && !text.equals("CONNECT");
    }

    private static boolean isCapital(byte b) {
        return b >= 'A' && b <= 'Z';
    }
}
