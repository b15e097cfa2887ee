package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The head of a SIP request or response (RFC 3261, section 7): start line, and the fields without which none is one
 * (sections 8.1.1 and 8.2.6.2). Fields may be written short, with space before the colon, and over several lines;
 * lines end with CR LF.
 */
final class SipMessage {
    static final int MAX_HEAD = 16 * 1024;
    private static final int MAX_FIELDS = 100;
    /** No message carries more; a session description has some hundred bytes. */
    private static final int MAX_BODY = 1 << 20;
    private static final Pattern REQUEST = Pattern
            .compile("([A-Z][A-Za-z0-9.!%*_+`'~-]{0,31}) [A-Za-z][A-Za-z0-9+.-]*:[^ \t]+ SIP/2\\.0");
    private static final Pattern RESPONSE = Pattern.compile("SIP/2\\.0 [1-6][0-9]{2} .*");
    private static final Pattern SEQUENCE = Pattern.compile("([0-9]{1,10})[ \t]+([^ \t]+)");
    private static final Pattern HOPS = Pattern.compile("[0-9]{1,3}");
    /** Once in every message. */
    private static final List<String> ONCE = List.of("from", "to", "call-id", "cseq");

    private final HttpLines lines = new HttpLines(MAX_HEAD);
    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();
    private @Nullable String startLine;
    private Reading state = Reading.MORE;
    private @Nullable Refusal refusal;
    private long contentLength = -1;

    /** One datagram: a message whole, or what keeps a NAT open (RFC 5626, section 4.4.1). */
    static @Nullable Refusal check(ByteBuffer datagram) {
        if (isBlank(datagram))
            return null;
        SipMessage message = new SipMessage();
        Reading reading = message.read(datagram, 0);
        if (reading != Reading.OK)
            return message.refusal == null ? Refusal.NOT_SIP : message.refusal;
        int body = datagram.remaining() - message.lines.length();
        return message.contentLength < 0 || message.contentLength == body ? null : Refusal.SIP_LENGTH;
    }

    private static boolean isBlank(ByteBuffer datagram) {
        if (datagram.remaining() > 4)
            return false;
        for (int i = datagram.position(); i < datagram.limit(); i++)
            if (datagram.get(i) != '\r' && datagram.get(i) != '\n')
                return false;
        return true;
    }

    /** @param from where it begins, after the buffer's position */
    Reading read(ByteBuffer bytes, int from) {
        while (state == Reading.MORE) {
            String line = lines.next(bytes, from);
            if (line == null) {
                if (lines.tooLong())
                    return refuse(Refusal.TOO_LONG);
                return lines.broken() ? refuse(startLine == null ? Refusal.NOT_SIP : Refusal.SIP_FIELD) : state;
            }
            if (startLine == null)
                start(line);
            else if (line.isEmpty())
                complete();
            else if (!add(line))
                refuse(Refusal.SIP_FIELD);
        }
        return state;
    }

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    int length() {
        return lines.length();
    }

    /** Bytes of body; -1 if it does not say. */
    long contentLength() {
        return contentLength;
    }

    private Reading refuse(Refusal why) {
        refusal = why;
        state = Reading.REFUSED;
        return state;
    }

    private void start(String line) {
        startLine = line;
        if (!REQUEST.matcher(line).matches() && !RESPONSE.matcher(line).matches())
            refuse(Refusal.NOT_SIP);
    }

    private boolean add(String line) {
        if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
            if (values.isEmpty())
                return false;
            values.set(values.size() - 1, HttpFields.trim(values.getLast() + " " + HttpFields.trim(line)));
            return true;
        }
        int colon = line.indexOf(':');
        String name = colon < 0 ? "" : HttpFields.trim(line.substring(0, colon));
        if (names.size() == MAX_FIELDS || !HttpFields.isToken(name))
            return false;
        names.add(longName(HttpFields.lower(name)));
        values.add(HttpFields.trim(line.substring(colon + 1)));
        return true;
    }

    /** RFC 3261, section 7.3.3, as far as it matters here. */
    private static String longName(String name) {
        return switch (name) {
            case "v" -> "via";
            case "f" -> "from";
            case "t" -> "to";
            case "i" -> "call-id";
            case "l" -> "content-length";
            default -> name;
        };
    }

    private void complete() {
        Matcher request = REQUEST.matcher(startLine == null ? "" : startLine);
        String method = request.matches() ? request.group(1) : null;
        boolean whole = names.contains("via");
        for (String name : ONCE)
            whole &= value(name) != null;
        String sequence = value("cseq");
        Matcher number = SEQUENCE.matcher(sequence == null ? "" : sequence);
        whole &= number.matches() && Long.parseLong(number.group(1)) < 1L << 31
                && (method == null || number.group(2).equals(method));
        String hops = value("max-forwards");
        whole &= method == null || hops != null && HOPS.matcher(hops).matches() && Integer.parseInt(hops) <= 255;
        if (!whole) {
            refuse(Refusal.SIP_FIELD);
            return;
        }
        String length = value("content-length");
        contentLength = length == null ? -1 : HttpHead.number(length);
        if (names.contains("content-length") && (contentLength < 0 || contentLength > MAX_BODY))
            refuse(Refusal.SIP_LENGTH);
        else
            state = Reading.OK;
    }

    /** The value of a field that stands there once; null otherwise. */
    private @Nullable String value(String name) {
        int at = names.indexOf(name);
        return at < 0 || at != names.lastIndexOf(name) || values.get(at).isEmpty() ? null : values.get(at);
    }
}
