package org.schiltron.edge;

import java.nio.charset.StandardCharsets;

/**
 * An answer that the edge gives itself. It is never kept by a cache, and the connection ends with it: the rest of a
 * request that is refused is not waited for.
 */
public final class HttpReply {
    private static final byte[] NONE = {};

    private final int status;
    private final StringBuilder fields = new StringBuilder();
    private byte[] body = NONE;

    private HttpReply(int status) {
        this.status = status;
    }

    static HttpReply empty(int status) {
        return new HttpReply(status);
    }

    /**
     * @param status 200 to 599
     * @param line   a sentence, plain text
     */
    public static HttpReply text(int status, String line) {
        return new HttpReply(status).body("text/plain; charset=utf-8", line + "\n");
    }

    static HttpReply html(int status, Page page) {
        return new HttpReply(status).with("Content-Security-Policy", page.contentSecurityPolicy())
                .body("text/html; charset=utf-8", page.html());
    }

    /** What a client is told whose opening is refused. */
    public static HttpReply refusal(Refusal why) {
        return text(why.status(), "Refused by the edge: " + why.text() + ".");
    }

    /** What a client is told where the edge can't serve it now, for a reason that is no fault of the request. */
    public static HttpReply unavailable(String reason, int retryAfterSeconds) {
        return text(503, reason).with("Retry-After", Integer.toString(retryAfterSeconds));
    }

    /** @throws IllegalArgumentException for a value that would end the field: who calls has to make it safe */
    HttpReply with(String name, String value) {
        for (int i = 0; i < value.length(); i++)
            if (value.charAt(i) < ' ' || value.charAt(i) > '~')
                throw new IllegalArgumentException(name + ": not to be written in a header field");
        fields.append(name).append(": ").append(value).append("\r\n");
        return this;
    }

    private HttpReply body(String type, String text) {
        body = text.getBytes(StandardCharsets.UTF_8);
        return with("Content-Type", type).with("X-Content-Type-Options", "nosniff");
    }

    public int status() {
        return status;
    }

    /** @param toHead whether the request was HEAD, which is answered without the body */
    public byte[] encode(boolean toHead) {
        String length = status == 204 ? "" : "Content-Length: " + body.length + "\r\n";
        byte[] head = ("HTTP/1.1 " + status + " " + reason(status) + "\r\n" + fields + length
                + "Cache-Control: no-store\r\nReferrer-Policy: same-origin\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        if (toHead || body.length == 0)
            return head;
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }

    /** RFC 9110, section 15; nobody acts on it. */
    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 204 -> "No Content";
            case 303 -> "See Other";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 413 -> "Content Too Large";
            case 417 -> "Expectation Failed";
            case 421 -> "Misdirected Request";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 505 -> "HTTP Version Not Supported";
            default -> "Status";
        };
    }
}
