package org.schiltron.relay;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes TLS through, to the service that has the name the client asks for; several services share one entrance. The
 * bytes are looked at and left as they are: the backend ends TLS.
 */
public final class TlsNames implements Opening.Factory {
    /** The alert unrecognized_name, fatal, in a record of its own (RFC 8446, sections 5.1 and 6.2). */
    private static final byte[] UNRECOGNIZED_NAME = HexFormat.of().parseHex("15030300020270");
    /** The alert decode_error. */
    private static final byte[] DECODE_ERROR = HexFormat.of().parseHex("15030300020232");

    private final Supplier<HelloReader> readers;
    private final Map<String, String> services;
    private final @Nullable String other;

    /**
     * @param readers  makes one for each connection
     * @param services service by name, in lower case; {@code *.example.org} has all names with one more label, but for
     *                 those that are listed themselves
     * @param other    the service of clients with another name or none; null tells them so and ends the connection
     */
    public TlsNames(Supplier<HelloReader> readers, Map<String, String> services, @Nullable String other) {
        this.readers = readers;
        this.services = Map.copyOf(services);
        this.other = other;
    }

    /** The service of a name; null if there is none. */
    @Nullable
    String serviceOf(@Nullable String name) {
        if (name == null)
            return other;
        String exact = services.get(name);
        if (exact != null)
            return exact;
        int dot = name.indexOf('.');
        String wild = dot < 0 ? null : services.get("*" + name.substring(dot));
        return wild == null ? other : wild;
    }

    @Override
    public Opening open(Client client) {
        return new Hello(readers.get());
    }

    private final class Hello implements Opening {
        private final HelloReader reader;
        private @Nullable String service;
        private boolean nameUnknown;

        Hello(HelloReader reader) {
            this.reader = reader;
        }

        @Override
        public Verdict look(ByteBuffer bytes) {
            if (!bytes.hasRemaining())
                return Verdict.MORE;
            Verdict verdict = reader.read(bytes);
            if (verdict != Verdict.OK)
                return verdict;
            service = serviceOf(reader.serverName());
            nameUnknown = service == null;
            return nameUnknown ? Verdict.REFUSED : Verdict.OK;
        }

        @Override
        public String service() {
            if (service == null)
                throw new IllegalStateException("not let in");
            return service;
        }

        @Override
        public @Nullable String serverName() {
            return reader.serverName();
        }

        @Override
        public @Nullable String protocol() {
            return reader.protocols().isEmpty() ? null : reader.protocols().getFirst();
        }

        @Override
        public EdgeDrop reason() {
            return nameUnknown ? EdgeDrop.NAME_UNKNOWN : EdgeDrop.OPENING_REFUSED;
        }

        @Override
        public ByteBuffer answer() {
            return ByteBuffer.wrap(nameUnknown ? UNRECOGNIZED_NAME : DECODE_ERROR);
        }
    }
}
