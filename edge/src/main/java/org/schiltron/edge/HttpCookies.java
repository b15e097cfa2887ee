package org.schiltron.edge;

import java.util.ArrayList;
import java.util.List;

/** Cookies as requests carry them and answers set them (RFC 6265). */
final class HttpCookies {
    /** Of one name; a browser sends one for each path and domain, and the first is not always the right one. */
    private static final int MAX_VALUES = 4;

    private HttpCookies() {
    }

    static List<String> values(HttpHead head, String name) {
        List<String> values = new ArrayList<>();
        HttpFields fields = head.fields();
        for (int i = 0; i < fields.size(); i++) {
            if (!fields.name(i).equals("cookie"))
                continue;
            for (String pair : fields.value(i).split(";", -1)) {
                String trimmed = HttpFields.trim(pair);
                if (trimmed.startsWith(name + "=") && values.size() < MAX_VALUES)
                    values.add(trimmed.substring(name.length() + 1));
            }
        }
        return values;
    }

    /**
     * For the whole host, not for scripts, not with what other sites send. (A link from elsewhere is followed with it.)
     *
     * @param value in which nothing has to be quoted
     */
    static String set(String name, String value, long seconds, boolean tls) {
        return name + "=" + value + "; Path=/; Max-Age=" + seconds + "; HttpOnly; SameSite=Lax"
                + (tls ? "; Secure" : "");
    }
}
