package org.schiltron.relay;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Decides from a client's first bytes whether it is let in, and to which service, before anything is dialled for it.
 * One for each connection; all methods on its loop's thread. It looks at bytes and does not take them: the backend
 * gets them all.
 */
public interface Opening {
    /** Makes one for each connection. Called on the loops' threads, by several at once. */
    @FunctionalInterface
    interface Factory {
        Opening open(Client client);
    }

    /** What is to be done with the connection. */
    enum Verdict {
        /** More bytes are needed. */
        MORE,
        /** Decided elsewhere (a slow hash, say): asked again after {@link Client#again}; no bytes are read meanwhile. */
        LATER,
        /** Let in. */
        OK,
        /** Not let in; {@link #reason} and {@link #answer} say how. */
        REFUSED
    }

    /**
     * Looks at all bytes that came so far, at first none.
     *
     * @param bytes from position to limit; left as they are
     */
    Verdict look(ByteBuffer bytes);

    /** After OK: the service it is let in to, by name. */
    String service();

    /** After OK: the server name that the backend is told (PP2_TYPE_AUTHORITY); null for none. */
    default @Nullable String serverName() {
        return null;
    }

    /** After OK: the application protocol that the backend is told (PP2_TYPE_ALPN); null for none. */
    default @Nullable String protocol() {
        return null;
    }

    /** After OK: follows requests and answers; null if bytes pass as they are. */
    default @Nullable ExchangeGuard guard() {
        return null;
    }

    /** After REFUSED: counted. */
    default EdgeDrop reason() {
        return EdgeDrop.OPENING_REFUSED;
    }

    /** After REFUSED: the last bytes the client gets, at most 64 KiB; with none its connection is reset. */
    default ByteBuffer answer() {
        return ByteBuffer.allocate(0);
    }

    /** Lets everybody in to one service and dials at once, so that backends that speak first are served too. */
    static Factory straightTo(String service) {
        Opening opening = new Opening() {
            @Override
            public Verdict look(ByteBuffer bytes) {
                return Verdict.OK;
            }

            @Override
            public String service() {
                return service;
            }
        };
        return client -> opening;
    }
}
