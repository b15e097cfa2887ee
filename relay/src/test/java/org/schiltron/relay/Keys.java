package org.schiltron.relay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A key and a certificate that signs itself, made by keytool for one test. */
public final class Keys {
    private static final char[] PASSWORD = "password".toCharArray();

    public final Path certificate;
    public final Path key;
    private final KeyStore store;

    private Keys(Path certificate, Path key, KeyStore store) {
        this.certificate = certificate;
        this.key = key;
        this.store = store;
    }

    public static Keys make(Path folder, String name, String algorithm) throws Exception {
        Path file = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "a", "-keyalg", algorithm, "-dname", "CN=" + name, "-ext", "san=dns:" + name,
                "-ext", "bc=ca:true", "-validity", "30", "-storetype", "PKCS12", "-keystore", file.toString(),
                "-storepass", new String(PASSWORD)).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0)
            throw new IOException("keytool: " + said);
        KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD);
        Path certificate = folder.resolve(name + ".crt");
        Path key = folder.resolve(name + ".key");
        write(certificate, "CERTIFICATE", store.getCertificate("a").getEncoded());
        write(key, "PRIVATE KEY", store.getKey("a", PASSWORD).getEncoded());
        return new Keys(certificate, key, store);
    }

    private static void write(Path file, String kind, byte[] bytes) throws IOException {
        Files.writeString(file, "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(bytes) + "\n-----END " + kind + "-----\n");
    }

    public TlsIdentity.Pair pair() {
        return new TlsIdentity.Pair(certificate, key);
    }

    /** Shows these keys, null for none, and trusts the others. */
    public static SSLContext context(@Nullable Keys own, List<Keys> trusted)
            throws GeneralSecurityException, IOException {
        KeyManager[] managers = null;
        if (own != null) {
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(own.store, PASSWORD);
            managers = factory.getKeyManagers();
        }
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        for (Keys each : trusted)
            trust.setCertificateEntry(each.certificate.toString(), each.store.getCertificate("a"));
        TrustManagerFactory trusts = TrustManagerFactory.getInstance("PKIX");
        trusts.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers, trusts.getTrustManagers(), null);
        return context;
    }
}
