package org.schiltron.relay;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads certificates and keys in PEM (RFC 7468). Errors name the file, and never show what is in it. */
final class PemFiles {
    /** A chain of a hundred certificates is shorter. */
    private static final int MAX_BYTES = 1 << 20;
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final String CONVERT = ": convert it with  openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW";

    private PemFiles() {
    }

    /** At least one. */
    static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> found = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (var certificate : factory.generateCertificates(new ByteArrayInputStream(read(file))))
                found.add((X509Certificate) certificate);
        } catch (CertificateException e) {
            throw new IOException(file + ": not certificates in PEM: " + e.getMessage(), e);
        }
        if (found.isEmpty())
            throw new IOException(file + ": no certificate in it");
        return found;
    }

    static PrivateKey key(Path file) throws IOException {
        String text = new String(read(file), StandardCharsets.ISO_8859_1);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            if (text.contains("ENCRYPTED"))
                throw new IOException(file + ": the key is encrypted" + CONVERT);
            if (text.contains("PRIVATE KEY-----"))
                throw new IOException(file + ": the key is not in the form PKCS #8" + CONVERT);
            throw new IOException(file + ": no \"" + BEGIN + "\" in it");
        }
        PKCS8EncodedKeySpec encoded;
        try {
            encoded = new PKCS8EncodedKeySpec(
                    Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end)));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": the key is not in base64", e);
        }
        for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                // of another kind
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every JDK has " + algorithm, e);
            }
        }
        throw new IOException(file + ": not a key for EC, RSA or EdDSA");
    }

    private static byte[] read(Path file) throws IOException {
        try {
            if (Files.size(file) > MAX_BYTES)
                throw new IOException(file + ": longer than 1 MiB: that is no PEM file");
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": there is no such file", e);
        }
    }
}
