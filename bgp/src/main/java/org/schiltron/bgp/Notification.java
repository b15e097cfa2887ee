package org.schiltron.bgp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Why a session ends (RFC 4271 section 4.5).
 *
 * <pre>
 * | code | subcode | data ... |
 * </pre>
 *
 * @param code    0 to 255
 * @param subcode 0 to 255
 * @param data    what its code says; never changed
 */
public record Notification(int code, int subcode, byte[] data) {
    static final int HEADER_ERROR = 1;
    static final int OPEN_ERROR = 2;
    static final int HOLD_TIMER_EXPIRED = 4;
    static final int STATE_MACHINE_ERROR = 5;
    static final int CEASE = 6;
    static final int ADMINISTRATIVE_SHUTDOWN = 2;
    static final int ADMINISTRATIVE_RESET = 4;

    /** Of a shutdown's text, octets: RFC 8203's bound, which readers of RFC 9003 (255) take as well. */
    static final int MAX_TEXT_BYTES = 128;

    private static final List<String> CODES = List.of("code 0", "message header error", "OPEN message error",
            "UPDATE message error", "hold timer expired", "state machine error", "cease",
            "ROUTE-REFRESH message error", "send hold timer expired");
    // The first of each is what subcode 0 means: nothing more.
    private static final List<List<String>> SUBCODES = List.of(List.of(),
            List.of("", "connection not synchronized", "bad message length", "bad message type"),
            List.of("", "unsupported version number", "bad peer AS", "bad BGP identifier",
                    "unsupported optional parameter", "authentication failure", "unacceptable hold time",
                    "unsupported capability", "", "", "", "role mismatch"),
            List.of("", "malformed attribute list", "unrecognized well-known attribute",
                    "missing well-known attribute", "attribute flags error", "attribute length error",
                    "invalid ORIGIN attribute", "AS routing loop", "invalid NEXT_HOP attribute",
                    "optional attribute error", "invalid network field", "malformed AS_PATH"),
            List.of(),
            List.of("", "unexpected message in OpenSent", "unexpected message in OpenConfirm",
                    "unexpected message in Established"),
            List.of("", "maximum number of prefixes reached", "administrative shutdown", "peer de-configured",
                    "administrative reset", "connection rejected", "other configuration change",
                    "connection collision resolution", "out of resources", "hard reset", "BFD down"),
            List.of("", "invalid message length"), List.of());

    static Notification of(int code, int subcode) {
        return new Notification(code, subcode, new byte[0]);
    }

    /** With two octets of data. */
    static Notification of(int code, int subcode, int data) {
        return new Notification(code, subcode, new byte[]{(byte) (data >>> 8), (byte) data});
    }

    /**
     * Administrative shutdown with a text for the other side's operator (RFC 9003).
     *
     * @param text cut after {@link #MAX_TEXT_BYTES} octets of UTF-8, between two characters; may be empty
     */
    static Notification shutdown(String text) {
        if (text.isEmpty())
            return of(CEASE, ADMINISTRATIVE_SHUTDOWN);
        String cut = text;
        byte[] bytes = cut.getBytes(StandardCharsets.UTF_8);
        while (bytes.length > MAX_TEXT_BYTES) {
            cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
            bytes = cut.getBytes(StandardCharsets.UTF_8);
        }
        byte[] data = new byte[1 + bytes.length];
        data[0] = (byte) bytes.length;
        System.arraycopy(bytes, 0, data, 1, bytes.length);
        return new Notification(CEASE, ADMINISTRATIVE_SHUTDOWN, data);
    }

    static Notification read(ByteBuffer body) {
        int code = body.get() & 0xff;
        int subcode = body.get() & 0xff;
        byte[] data = new byte[body.remaining()];
        body.get(data);
        return new Notification(code, subcode, data);
    }

    void write(ByteBuffer out) {
        MessageType.NOTIFICATION.write(out, 2 + data.length);
        out.put((byte) code).put((byte) subcode).put(data);
    }

    /** The other side's words, or "": without control characters, since they end up in logs and terminals. */
    public String operatorText() {
        boolean said = code == CEASE && (subcode == ADMINISTRATIVE_SHUTDOWN || subcode == ADMINISTRATIVE_RESET);
        if (!said || data.length == 0)
            return "";
        int length = Math.min(data[0] & 0xff, data.length - 1);
        StringBuilder text = new StringBuilder();
        new String(data, 1, length, StandardCharsets.UTF_8).codePoints()
                .filter(c -> !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT
                        && Character.getType(c) != Character.LINE_SEPARATOR
                        && Character.getType(c) != Character.PARAGRAPH_SEPARATOR)
                .forEach(text::appendCodePoint);
        return text.toString();
    }

    /** As in {@code cease, administrative shutdown (6/2): "maintenance"}. */
    public String text() {
        String text = code < CODES.size() ? CODES.get(code) : "code " + code;
        List<String> names = code < SUBCODES.size() ? SUBCODES.get(code) : List.of();
        String name = subcode < names.size() ? names.get(subcode) : "";
        if (name.isEmpty() && subcode != 0)
            name = "subcode " + subcode;
        String words = operatorText();
        return text + (name.isEmpty() ? "" : ", " + name) + " (" + code + "/" + subcode + ")"
                + (words.isEmpty() ? "" : ": \"" + words + "\"") + detail();
    }

    /** What the data of some codes says. */
    private String detail() {
        if (code == CEASE && subcode == 1 && data.length == 7) { // RFC 4486 section 4
            ByteBuffer limit = ByteBuffer.wrap(data);
            FlowFamily family = FlowFamily.of(limit.getShort() & 0xffff, limit.get() & 0xff);
            return ": at most " + Integer.toUnsignedString(limit.getInt())
                    + (family == null ? "" : " of FlowSpec " + family);
        }
        return "";
    }

    @Override
    public String toString() {
        return text();
    }
}
