package org.schiltron.app;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.schiltron.proof.ServiceRecord.ListName;
import org.schiltron.proof.SwarmList;

/**
 * A web server, with swarm lists beside the record. Certificates are checked as a browser does; an answer that is too long
 * or too slow is given up, and a redirection leads to https:// or nowhere.
 */
final class HttpsSource implements NameSource {
    /** For one answer, whole. */
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final int MAX_REDIRECTS = 3;

    private final URI uri;
    private final @Nullable Path ca;

    /** @param ca trusted certificates in PEM, instead of the system's; null for those */
    HttpsSource(URI uri, @Nullable Path ca) {
        this.uri = uri;
        this.ca = ca;
    }

    @Override
    public List<String> lines() {
        return TextFiles.lines(new String(fetch(uri, MAX_ANSWER_BYTES), StandardCharsets.UTF_8));
    }

    @Override
    public byte[] list(ListName name) {
        return fetch(uri.resolve(FileSource.fileName(name)), SwarmList.MAX_BYTES);
    }

    private byte[] fetch(URI first, int most) {
        long deadlineNs = System.nanoTime() + LONGEST.toNanos();
        try (HttpClient client = client()) {
            URI at = first;
            for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
                HttpResponse<byte[]> answer = get(client, at, most, deadlineNs);
                if (answer.statusCode() == 200)
                    return answer.body();
                String location = answer.headers().firstValue("location").orElse("");
                if (answer.statusCode() / 100 != 3 || location.isEmpty())
                    throw new Failure(Exit.UNREACHABLE,
                            at + ": the server answers with status " + answer.statusCode() + ", not with a record");
                at = redirected(at, location);
            }
            throw new Failure(Exit.UNREACHABLE, first + ": redirected more than " + MAX_REDIRECTS + " times");
        }
    }

    private static URI redirected(URI from, String location) {
        try {
            URI to = from.resolve(location);
            if ("https".equals(to.getScheme()) && to.getHost() != null)
                return to;
        } catch (IllegalArgumentException e) {
            // No address at all.
        }
        throw new Failure(Exit.FAILED,
                from + ": redirected to what is not https://, which is refused: \"" + printable(location) + "\"");
    }

    private static HttpResponse<byte[]> get(HttpClient client, URI at, int most, long deadlineNs) {
        HttpRequest request = HttpRequest.newBuilder(at).timeout(LONGEST).header("User-Agent", "schiltron").build();
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request,
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), most));
        try {
            return answer.get(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new Failure(Exit.UNREACHABLE, at + ": no whole answer within " + LONGEST.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            Throwable why = e.getCause() == null ? e : e.getCause();
            String what = why instanceof IOException io ? Reason.of(io) : String.valueOf(why.getMessage());
            if (what.contains("exceeds limit") || what.contains("exceed"))
                throw new Failure(Exit.FAILED, at + ": the answer is longer than " + most + " bytes", e);
            throw new Failure(Exit.UNREACHABLE, at + ": " + what, e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAILED, "interrupted", e);
        }
    }

    private HttpClient client() {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(LONGEST)
                .followRedirects(HttpClient.Redirect.NEVER);
        Path file = ca;
        if (file != null)
            builder.sslContext(trusting(file));
        return builder.build();
    }

    private static SSLContext trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in))
                store.setCertificateEntry("ca-" + store.size(), certificate);
            if (store.size() == 0)
                throw new Failure(Exit.FILE, file + ": no certificate in PEM is in it");
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be read: " + Reason.of(e), e);
        } catch (GeneralSecurityException e) {
            throw new Failure(Exit.FILE, file + ": not certificates in PEM: " + e.getMessage(), e);
        }
    }

    private static String printable(String text) {
        return text.substring(0, Math.min(60, text.length())).replaceAll("[^ -~]", "?");
    }
}
