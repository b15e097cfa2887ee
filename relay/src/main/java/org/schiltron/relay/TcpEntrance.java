package org.schiltron.relay;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where TCP clients come in.
 *
 * @param address what to listen on, resolved; port 0 picks one
 * @param opening decides about each connection
 * @param tls     ends TLS here; null passes bytes as they are
 */
public record TcpEntrance(InetSocketAddress address, Opening.Factory opening, @Nullable TlsIdentity tls) {
}
