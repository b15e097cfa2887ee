package org.schiltron.relay;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** What the TLS connections of one entrance have in common: keys, whom they trust, and who does their arithmetic. */
final class TlsContext {
    /** Sessions that can be taken up again with TLS 1.2 without a ticket; the oldest goes. */
    private static final int SESSIONS = 4_096;
    private static final int SESSION_SECONDS = 3_600;

    private final SSLContext context;
    private final TlsIdentity identity;
    private final Executor tasks;

    /**
     * @param tasks does what would hold up a loop (signatures, certificate chains); refuses when it has too much to do
     * @throws IOException with the file that cannot be used
     */
    TlsContext(TlsIdentity identity, Executor tasks) throws IOException {
        this.identity = identity;
        this.tasks = tasks;
        try {
            this.context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[]{keys(identity)}, trust(identity.clientAuthorities()), null);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
        context.getServerSessionContext().setSessionCacheSize(SESSIONS);
        context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
    }

    private static NamedKeys keys(TlsIdentity identity) throws IOException, GeneralSecurityException {
        NamedKeys keys = new NamedKeys();
        for (TlsIdentity.Pair pair : identity.pairs()) {
            List<X509Certificate> chain = PemFiles.certificates(pair.certificates());
            PrivateKey key = PemFiles.key(pair.key());
            if (!belongTogether(key, chain.getFirst().getPublicKey()))
                throw new IOException(pair.key() + ": not the key of the first certificate in " + pair.certificates());
            keys.add(key, chain);
        }
        return keys;
    }

    private static boolean belongTogether(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        if (!key.getAlgorithm().equals(certified.getAlgorithm()))
            return false;
        Signature signature = Signature.getInstance(switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        });
        byte[] anything = new byte[32];
        signature.initSign(key);
        signature.update(anything);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(anything);
        return signature.verify(signed);
    }

    private static TrustManager @Nullable [] trust(@Nullable Path authorities)
            throws IOException, GeneralSecurityException {
        if (authorities == null)
            return null;
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate certificate : PemFiles.certificates(authorities))
            store.setCertificateEntry(String.valueOf(store.size()), certificate);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory.getTrustManagers();
    }

    SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[]{"TLSv1.3", "TLSv1.2"});
        parameters.setApplicationProtocols(identity.protocols().toArray(String[]::new));
        if (identity.clientAuthorities() != null) {
            if (identity.clientRequired())
                parameters.setNeedClientAuth(true);
            else
                parameters.setWantClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    Executor tasks() {
        return tasks;
    }
}
