package org.schiltron.app;

import java.time.Duration;
import java.util.List;
import org.schiltron.app.Setting.Tier;
import org.schiltron.host.RelayLimits;
import org.schiltron.swarm.EndpointLimits;

/** Settings that both ends of a session have. */
final class SessionSettings {
    static final Setting INITIAL_MAILBOXES = Setting.whole(Tier.TUNE, "initial-mailboxes", 10, 1, 64,
            "mailboxes a session begins with in each direction");
    static final Setting MAX_RATE = Setting.whole(Tier.TUNE, "max-packets-per-second-per-session", 100_000, 1,
            10_000_000, "the most this end is willing to receive");
    static final Setting MAX_CONNECTIONS = Setting.whole(Tier.TUNE, "max-connections", 4_096, 1, 1_000_000,
            "TCP connections at once, 320 KiB each at worst; further ones are closed");
    static final Setting STREAM_MEMORY = Setting.whole(Tier.TUNE, "stream-memory-mibytes", 256, 1, 1_048_576,
            "for what streams hold and have under way; from half of it on they send less ahead, past it a service ends the "
                    + "heaviest session");
    static final Setting MAX_FLOWS = Setting.whole(Tier.TUNE, "max-udp-flows", 4_096, 1, 1_000_000,
            "1 KiB each; when full, the heaviest user loses the longest idle");
    static final Setting INITIAL_RATE = Setting.whole(Tier.RARE, "initial-packets-per-second-per-session", 500, 1,
            10_000_000, "advertised before anything is known");
    static final Setting FLOOR_RATE = Setting.whole(Tier.RARE, "floor-packets-per-second-per-session", 50, 1,
            10_000_000, "the advertised rate never falls below, whatever is lost");
    static final Setting IDLE = Setting.whole(Tier.RARE, "idle-seconds", 90, 10, 86_400,
            "a session that hears nothing for so long is over");
    static final Setting CONNECT = Setting.whole(Tier.RARE, "connect-seconds", 5, 1, 600,
            "how long a backend may take to accept");
    static final Setting HOLD = Setting.whole(Tier.RARE, "hold-seconds", 15, 1, 600,
            "how long an accepted connection waits for a session");
    static final Setting FLOW_IDLE = Setting.whole(Tier.RARE, "udp-flow-idle-seconds", 60, 5, 86_400,
            "a UDP flow is forgotten after its last datagram");
    static final Setting START = Setting.whole(Tier.RARE, "start-seconds", 30, 1, 3_600,
            "how long the swarm may take to answer at the start, before the command gives up");
    static final List<Setting> ALL = List.of(INITIAL_MAILBOXES, MAX_RATE, MAX_CONNECTIONS, STREAM_MEMORY, MAX_FLOWS,
            INITIAL_RATE,
            FLOOR_RATE, IDLE, CONNECT, HOLD, FLOW_IDLE, START);

    private SessionSettings() {
    }

    static EndpointLimits limits(Settings settings) {
        double most = (double) settings.whole(MAX_RATE);
        double initial = Math.min(most, (double) settings.whole(INITIAL_RATE));
        return new EndpointLimits(initial, Math.min(initial, (double) settings.whole(FLOOR_RATE)), most,
                settings.integer(INITIAL_MAILBOXES), settings.whole(IDLE) * 1_000_000_000,
                settings.whole(STREAM_MEMORY) << 20);
    }

    static RelayLimits relay(Settings settings) {
        return RelayLimits.defaults().withMaxConnections(settings.integer(MAX_CONNECTIONS))
                .withMaxFlows(settings.integer(MAX_FLOWS)).withConnect(seconds(settings, CONNECT))
                .withHold(seconds(settings, HOLD)).withFlowIdle(seconds(settings, FLOW_IDLE));
    }

    static Duration seconds(Settings settings, Setting setting) {
        return Duration.ofSeconds(settings.whole(setting));
    }
}
