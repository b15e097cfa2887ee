package org.schiltron.app;

import java.io.IOException;
import org.schiltron.edge.ServiceMode;
import org.schiltron.relay.End;
import org.schiltron.relay.Leg;
import org.schiltron.relay.LegDialer;

/** New legs go by the route of the mode there is (Mayday, section 3.7). */
final class ModeDialer implements LegDialer {
    private final LegDialer normal;
    private final LegDialer secure;
    private volatile ServiceMode mode = ServiceMode.NORMAL;

    ModeDialer(LegDialer normal, LegDialer secure) {
        this.normal = normal;
        this.secure = secure;
    }

    void become(ServiceMode next) {
        mode = next;
    }

    @Override
    public Leg dial(Loop loop, Request request, End.Events events) throws IOException {
        return (mode == ServiceMode.SECURE ? secure : normal).dial(loop, request, events);
    }
}
