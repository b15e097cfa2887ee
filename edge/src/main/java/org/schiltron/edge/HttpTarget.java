package org.schiltron.edge;

import org.jspecify.annotations.Nullable;

/**
 * What a request asks for (RFC 9112, section 3.2): a path, an absolute address, or {@code *}.
 *
 * @param authority what the target itself names, as sent; null except in the absolute form
 * @param path      with its query, {@code /...} or {@code *}
 */
record HttpTarget(@Nullable String authority, String path) {

    /** Null if it is malformed, or of a form that is not for a server. */
    static @Nullable HttpTarget parse(String method, String target) {
        if (target.equals("*"))
            return method.equals("OPTIONS") ? new HttpTarget(null, "*") : null;
        if (target.startsWith("/"))
            return isPath(target) ? new HttpTarget(null, target) : null;
        String rest = afterScheme(target);
        if (rest == null)
            return null;
        int slash = firstOf(rest, "/?");
        String authority = rest.substring(0, slash);
        String path = slash == rest.length() || rest.charAt(slash) == '?'
                ? "/" + rest.substring(slash)
                : rest.substring(slash);
        return isPath(path) ? new HttpTarget(authority, path) : null;
    }

    private static @Nullable String afterScheme(String target) {
        String lower = HttpFields.lower(target.substring(0, Math.min(8, target.length())));
        if (lower.startsWith("http://"))
            return target.substring(7);
        return lower.startsWith("https://") ? target.substring(8) : null;
    }

    private static int firstOf(String text, String characters) {
        for (int i = 0; i < text.length(); i++)
            if (characters.indexOf(text.charAt(i)) >= 0)
                return i;
        return text.length();
    }

    /**
     * What browsers send: visible ASCII, never a fragment. In the path itself no backslash, which some take for a
     * slash, and a percent sign only before two digits, not both zero.
     */
    private static boolean isPath(String path) {
        boolean query = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c >= 0x7f || "\"<>#".indexOf(c) >= 0)
                return false;
            query |= c == '?';
            if (!query && (c == '\\' || c == '%' && !isEscape(path, i)))
                return false;
        }
        return true;
    }

    private static boolean isEscape(String path, int at) {
        if (at + 2 >= path.length())
            return false;
        int high = Character.digit(path.charAt(at + 1), 16);
        int low = Character.digit(path.charAt(at + 2), 16);
        return high >= 0 && low >= 0 && high + low > 0;
    }

    /**
     * A host with or without a port (RFC 9110, section 7.2) in one form: lower case, no dot at its end; null if it is
     * none. No user, no escapes, no name that is an address in disguise.
     */
    static @Nullable String host(String text) {
        String port = port(text);
        String host = text.substring(0, text.length() - port.length());
        if (port.equals(":") || port.length() > 6 || port.length() > 1 && Integer.parseInt(port.substring(1)) > 65_535)
            return null;
        if (host.startsWith("["))
            return isIpv6(host) ? HttpFields.lower(host) + port : null;
        String name = isIpv4(host) ? host : HostName.dns(host);
        return name == null ? null : name + port;
    }

    /** With its colon; "" where there is none. */
    private static String port(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || text.indexOf(']', colon) >= 0)
            return "";
        for (int i = colon + 1; i < text.length(); i++)
            if (text.charAt(i) < '0' || text.charAt(i) > '9')
                return "";
        return text.substring(colon);
    }

    private static boolean isIpv6(String host) {
        if (!host.endsWith("]") || host.length() < 4 || host.length() > 47)
            return false;
        for (int i = 1; i < host.length() - 1; i++)
            if (Character.digit(host.charAt(i), 16) < 0 && host.charAt(i) != ':' && host.charAt(i) != '.'
                    || host.charAt(i) > 'f')
                return false;
        return host.indexOf(':') > 0;
    }

    private static boolean isIpv4(String host) {
        String[] parts = host.split("\\.", -1);
        for (String part : parts) {
            long number = part.length() <= 3 ? HttpHead.number(part) : -1;
            if (number < 0 || number > 255)
                return false;
        }
        return parts.length == 4;
    }
}
