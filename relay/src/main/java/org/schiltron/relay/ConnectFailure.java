package org.schiltron.relay;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;

/** Which {@link EdgeDrop} an error of {@code connect} or {@code bind} is. */
final class ConnectFailure extends IOException {
    private static final long serialVersionUID = 1;

    private final EdgeDrop reason;

    ConnectFailure(EdgeDrop reason) {
        super(reason.label());
        this.reason = reason;
    }

    static EdgeDrop reason(IOException e) {
        return switch (e) {
            case ConnectFailure known -> known.reason;
            case BindException _ -> EdgeDrop.SOURCE_PORTS;
            case NoRouteToHostException _ -> EdgeDrop.BACKEND_UNREACHABLE;
            case ConnectException refused -> saysTimeout(refused) ? EdgeDrop.BACKEND_TIMEOUT : EdgeDrop.BACKEND_REFUSED;
            default -> outOfDescriptors(e) ? EdgeDrop.DESCRIPTORS : EdgeDrop.BACKEND_UNREACHABLE;
        };
    }

    private static boolean saysTimeout(ConnectException e) {
        return String.valueOf(e.getMessage()).contains("timed out");
    }

    /** EMFILE and ENFILE have no exception of their own, and their text is the C library's. */
    static boolean outOfDescriptors(IOException e) {
        return String.valueOf(e.getMessage()).contains("Too many open files");
    }
}
