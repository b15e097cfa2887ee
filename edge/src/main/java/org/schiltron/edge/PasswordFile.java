package org.schiltron.edge;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.schiltron.machine.RandomSource;
import org.schiltron.machine.SipHash;

/**
 * Names and password hashes, a line each: {@code name:hash}. Hashes are PBKDF2-HMAC-SHA-256 in the form of Python's
 * passlib ({@code $pbkdf2-sha256$rounds$salt$hash}) or bcrypt as {@code htpasswd -B} writes it ({@code
 * $2y$cost$...}). Empty lines and those that begin with # say nothing.
 *
 * <p>A name that is not in the file costs what one in the file costs, so that trying does not tell which are: it is
 * checked against a hash that nothing gives, with the parameters of one of those in the file, which one depends on
 * the name.
 */
public final class PasswordFile {
    public static final int MAX_USERS = 100_000;
    /** Of UTF-8. Bcrypt looks at the first 72 alone. */
    static final int MAX_PASSWORD = 256;

    private static final int MAX_ROUNDS = 2_000_000;
    private static final int MAX_COST = 14;
    private static final int HASH = 32;
    private static final Pattern PBKDF2 = Pattern
            .compile("\\$pbkdf2-sha256\\$([1-9][0-9]{0,6})\\$([./A-Za-z0-9]{2,86})\\$([./A-Za-z0-9]{43})");
    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$([0-9]{2})\\$[./A-Za-z0-9]{53}");

    private sealed interface Scheme {
        boolean check(String password);

        /** Costs as much and is never right. */
        Scheme unmatched();
    }

    private record Pbkdf2(int rounds, byte[] salt, byte[] hash) implements Scheme {
        @Override
        public boolean check(String password) {
            PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, rounds, 8 * HASH);
            try {
                byte[] got = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
                return MessageDigest.isEqual(got, hash);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Scheme unmatched() {
            return new Pbkdf2(rounds, salt, new byte[HASH]);
        }
    }

    private record Bcrypt(String hash) implements Scheme {
        private static final BCrypt.Verifyer VERIFIER = BCrypt.verifyer(null,
                LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A));

        @Override
        public boolean check(String password) {
            return VERIFIER.verify(password.getBytes(StandardCharsets.UTF_8),
                    hash.getBytes(StandardCharsets.US_ASCII)).verified;
        }

        @Override
        public Scheme unmatched() {
            return new Bcrypt(hash.substring(0, 7) + ".".repeat(53));
        }
    }

    private final Map<String, Scheme> users = new LinkedHashMap<>();
    /** One of each kind and cost, in the file's order. */
    private final List<Scheme> unmatched = new ArrayList<>();
    private final SipHash choice;

    private PasswordFile(RandomSource random) {
        choice = SipHash.keyed(random);
    }

    /**
     * @param random which name is checked at which cost must not be foreseen
     * @throws IllegalArgumentException that says which line is wrong, and how; never with a hash in it
     */
    public static PasswordFile parse(List<String> lines, RandomSource random) {
        PasswordFile file = new PasswordFile(random);
        Map<String, Scheme> costs = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#"))
                continue;
            String at = "line " + (i + 1) + ": ";
            int colon = line.indexOf(':');
            if (colon < 1 || !SignedWord.isClient(line.substring(0, colon)))
                throw new IllegalArgumentException(
                        at + "write name:hash; a name has 1 to 64 of A-Z a-z 0-9 _ @ + . -");
            String hash = line.substring(colon + 1);
            Scheme scheme = scheme(hash, at);
            if (file.users.put(line.substring(0, colon), scheme) != null)
                throw new IllegalArgumentException(at + "\"" + line.substring(0, colon) + "\" is there twice");
            costs.putIfAbsent(hash.substring(0, hash.indexOf('$', hash.indexOf('$', 1) + 1)), scheme.unmatched());
        }
        if (file.users.isEmpty() || file.users.size() > MAX_USERS)
            throw new IllegalArgumentException("a password file has 1 to " + MAX_USERS + " names");
        file.unmatched.addAll(costs.values());
        return file;
    }

    private static Scheme scheme(String hash, String at) {
        Matcher pbkdf2 = PBKDF2.matcher(hash);
        if (pbkdf2.matches()) {
            int rounds = Integer.parseInt(pbkdf2.group(1));
            if (rounds > MAX_ROUNDS)
                throw new IllegalArgumentException(at + rounds + " rounds are more than " + MAX_ROUNDS);
            return new Pbkdf2(rounds, base64(pbkdf2.group(2), at), base64(pbkdf2.group(3), at));
        }
        Matcher bcrypt = BCRYPT.matcher(hash);
        if (!bcrypt.matches())
            throw new IllegalArgumentException(
                    at + "the hash is neither $pbkdf2-sha256$... nor bcrypt ($2y$...): htpasswd -B makes one");
        int cost = Integer.parseInt(bcrypt.group(1));
        if (cost < BCrypt.MIN_COST || cost > MAX_COST)
            throw new IllegalArgumentException(at + "the cost of bcrypt is 4 to " + MAX_COST + ", not " + cost);
        return new Bcrypt(hash);
    }

    /** Passlib writes a dot for the plus, and no padding. */
    private static byte[] base64(String text, String at) {
        try {
            return Base64.getDecoder().decode(text.replace('.', '+'));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(at + "the salt or the hash is cut off", e);
        }
    }

    /** Takes some tens of milliseconds of one core, as its parameters say, whatever the name. */
    boolean check(String user, String password) {
        Scheme scheme = users.get(user);
        if (scheme == null) {
            long hash = choice.hash(user.length(), user.hashCode(), 0);
            scheme = unmatched.get((int) Long.remainderUnsigned(hash, unmatched.size()));
        }
        boolean tooLong = password.getBytes(StandardCharsets.UTF_8).length > MAX_PASSWORD;
        return scheme.check(tooLong ? "" : password) && !tooLong && !password.isEmpty() && users.containsKey(user);
    }
}
