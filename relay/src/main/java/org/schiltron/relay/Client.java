package org.schiltron.relay;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Who a connection is from, for what decides about it. */
public interface Client {
    /** Where it comes from. */
    InetSocketAddress remote();

    /** The address and port of this machine that it reached. */
    InetSocketAddress local();

    /** What its TLS handshake showed, if TLS ends here; null if it does not. Known before its first byte is. */
    @Nullable
    TlsFacts tls();

    /** Nanoseconds, of the loop's clock. On the loop's thread. */
    long nowNs();

    /** After a verdict that was put off: the decision can be asked for again. From any thread. */
    void again();
}
