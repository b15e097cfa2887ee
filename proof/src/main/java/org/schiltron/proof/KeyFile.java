package org.schiltron.proof;

/**
 * The text of a secret key file: a comment that names the public key, then one line with the secret.
 *
 * <pre>
 * # schiltron secret key; public key: pvfy3m...
 * schiltron-secret-1-pvfy3m...
 * </pre>
 *
 * The secret's text is a prefix that people and secret scanners recognise, then 56 characters: base 32 of the seed and
 * three bytes of SHA-256("schiltron secret" || seed).
 */
public final class KeyFile {
    /** Longest file read, in characters. */
    public static final int MAX_CHARACTERS = 4_096;

    private static final String PREFIX = "schiltron-secret-1-";
    private static final String DOMAIN = "schiltron secret";

    private KeyFile() {
    }

    public static String encode(Identity identity) {
        return "# schiltron secret key; public key: " + identity.publicKey().text() + "\n" + PREFIX
                + Base32.encodeChecked(DOMAIN, identity.seed()) + "\n";
    }

    /** @throws IllegalArgumentException that says what is wrong without showing the secret */
    public static Identity decode(String text) {
        if (text.length() > MAX_CHARACTERS)
            throw new IllegalArgumentException("not a schiltron key file: longer than 4096 characters");
        String secret = "";
        for (String raw : text.split("\n", -1)) {
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#"))
                continue;
            if (!secret.isEmpty())
                throw new IllegalArgumentException("the key file holds more than one secret key");
            if (!line.startsWith("schiltron-secret-"))
                throw new IllegalArgumentException(
                        "not a schiltron key file: no line that begins with " + PREFIX);
            if (!line.startsWith(PREFIX))
                throw new IllegalArgumentException("the key file is of another version: only version 1 is known");
            secret = line.substring(PREFIX.length());
        }
        if (secret.isEmpty())
            throw new IllegalArgumentException("the key file holds no secret key");
        return Identity.ofSeed(Base32.decodeChecked(DOMAIN, "the secret key", secret));
    }
}
