package org.schiltron.relay;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The server's keys by name: a client that asks for a name gets a certificate with that name, whatever its algorithm;
 * one that asks for a name that no certificate has, or for none, gets any, the first of its kind. (The JDK's own key managers go by
 * algorithm first.)
 */
final class NamedKeys extends X509ExtendedKeyManager {
    /** {@code GeneralName}, dNSName (RFC 5280, section 4.2.1.6). */
    private static final int DNS_NAME = 2;

    /** One pair. */
    private record Entry(PrivateKey key, X509Certificate[] chain, List<String> names) {
        /** A star stands for one label at the beginning (RFC 6125, section 6.4.3). */
        boolean isFor(String asked) {
            int dot = asked.indexOf('.');
            return names.contains(asked) || dot > 0 && names.contains("*" + asked.substring(dot));
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    /** @param chain the server's own certificate first */
    void add(PrivateKey key, List<X509Certificate> chain) throws CertificateParsingException {
        entries.add(new Entry(key, chain.toArray(X509Certificate[]::new), namesOf(chain.getFirst())));
    }

    private static List<String> namesOf(X509Certificate certificate) throws CertificateParsingException {
        List<String> names = new ArrayList<>();
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives != null)
            for (List<?> each : alternatives)
                if (Integer.valueOf(DNS_NAME).equals(each.getFirst()))
                    names.add(String.valueOf(each.get(1)).toLowerCase(Locale.ROOT));
        return names;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        String asked = askedFor(engine);
        boolean known = asked != null && entries.stream().anyMatch(entry -> entry.isFor(asked));
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.key.getAlgorithm().equals(keyType) && (asked == null || !known || entry.isFor(asked)))
                return String.valueOf(i);
        }
        return null; // it asks again with another type
    }

    private static @Nullable String askedFor(SSLEngine engine) {
        if (engine.getHandshakeSession() instanceof ExtendedSSLSession session)
            for (SNIServerName name : session.getRequestedServerNames())
                if (name instanceof SNIHostName host)
                    return host.getAsciiName().toLowerCase(Locale.ROOT);
        return null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return entries.get(Integer.parseInt(alias)).chain;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return entries.get(Integer.parseInt(alias)).key;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        throw new UnsupportedOperationException("an engine asks for one");
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        throw new UnsupportedOperationException("there are engines only");
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        throw new UnsupportedOperationException("an edge is a server");
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers,
            @Nullable Socket socket) {
        throw new UnsupportedOperationException("an edge is a server");
    }
}
