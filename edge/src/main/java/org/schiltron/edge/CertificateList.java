package org.schiltron.edge;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Which client certificates are let in, a line each: {@code sha256:FINGERPRINT} of one certificate (hexadecimal,
 * colons or none, as openssl prints it), or {@code subject:CN=alice,O=Example} as RFC 4514 writes a name. Empty lines
 * and those that begin with # say nothing.
 *
 * <p>A subject is worth what the authority is worth that signed for it: TLS must have checked the chain up to one
 * that the operator trusts for this. A fingerprint needs no authority. That the client has the certificate's key is
 * TLS's to check.
 */
public final class CertificateList {
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");
    private static final String SHA_256 = "sha256:";
    private static final String SUBJECT = "subject:";

    private final TreeSet<String> admitted = new TreeSet<>();

    private CertificateList() {
    }

    /** @throws IllegalArgumentException that says which line is wrong, and how */
    public static CertificateList parse(List<String> lines) {
        CertificateList list = new CertificateList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#"))
                continue;
            try {
                list.admitted.add(entry(line));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        return list;
    }

    private static String entry(String line) {
        if (line.startsWith(SUBJECT))
            return SUBJECT + canonical(new X500Principal(line.substring(SUBJECT.length()).strip()));
        String hex = line.substring(Math.min(line.length(), SHA_256.length())).strip().replace(":", "")
                .toLowerCase(Locale.ROOT);
        if (!line.startsWith(SHA_256) || !FINGERPRINT.matcher(hex).matches())
            throw new IllegalArgumentException("write sha256: and 64 hexadecimal digits, or subject: and a name");
        return SHA_256 + hex;
    }

    private static String canonical(X500Principal name) {
        return name.getName(X500Principal.CANONICAL);
    }

    /** Who it is, as RFC 4514 writes the subject; null if it is not let in, or not valid at that time. */
    public @Nullable String client(X509Certificate certificate, long nowEpochSeconds) {
        Instant now = Instant.ofEpochSecond(nowEpochSeconds);
        if (now.isBefore(certificate.getNotBefore().toInstant())
                || now.isAfter(certificate.getNotAfter().toInstant()))
            return null;
        X500Principal subject = certificate.getSubjectX500Principal();
        boolean listed = admitted.contains(SUBJECT + canonical(subject))
                || admitted.contains(SHA_256 + hex(certificate));
        return listed ? subject.getName(X500Principal.RFC2253) : null;
    }

    private static String hex(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            return ""; // without an encoding it has no fingerprint
        }
    }
}
