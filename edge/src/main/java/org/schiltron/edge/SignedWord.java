package org.schiltron.edge;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows to be known again, as a bearer token or in a cookie: {@code expiry.client.mac}, expiry in seconds
 * since 1970, the MAC in base64url. It stands in a header and in a cookie without quoting. Whoever has it is taken
 * for the client, until it expires.
 */
final class SignedWord {
    /** Longer ones are none. */
    static final int MAX_LENGTH = 160;

    private static final Pattern CLIENT = Pattern.compile("[A-Za-z0-9_@+.-]{1,64}");
    private static final int MAC_TEXT = 43;

    private SignedWord() {
    }

    /** Whether it can be a client's name. */
    static boolean isClient(String name) {
        return CLIENT.matcher(name).matches();
    }

    static String of(EdgeKey key, String purpose, String client, long expiresEpochSeconds) {
        if (!isClient(client))
            throw new IllegalArgumentException("a client's name has 1 to 64 of A-Z a-z 0-9 _ @ + . -");
        String signed = expiresEpochSeconds + "." + client;
        byte[] mac = key.mac(purpose, signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(mac);
    }

    /** Whose it is; null if it is malformed, expired, or not signed for this purpose. */
    static @Nullable String client(EdgeKey key, String purpose, String word, long nowEpochSeconds) {
        int first = word.indexOf('.');
        int last = word.lastIndexOf('.');
        if (word.length() > MAX_LENGTH || first < 0 || last == first || word.length() - last - 1 != MAC_TEXT)
            return null;
        String client = word.substring(first + 1, last);
        long expires = HttpHead.number(word.substring(0, first));
        if (expires <= nowEpochSeconds || !isClient(client))
            return null;
        try {
            byte[] mac = Base64.getUrlDecoder().decode(word.substring(last + 1));
            boolean signed = key.isMac(mac, purpose, word.substring(0, last).getBytes(StandardCharsets.US_ASCII));
            return signed ? client : null;
        } catch (IllegalArgumentException e) {
            return null; // not base64url
        }
    }

    /** When it ends, in seconds since 1970, of one that {@link #client} took. */
    static long expires(String word) {
        return HttpHead.number(word.substring(0, word.indexOf('.')));
    }
}
