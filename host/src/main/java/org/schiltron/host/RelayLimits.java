package org.schiltron.host;

import java.time.Duration;

/**
 * Bounds of the fronts and backends of one role. Worst-case memory: {@code maxConnections} times
 * ({@link TcpConnection#INBOUND_BOUND} + {@link StreamRelay#READ_BYTES}), 320 KiB each when both directions stand
 * still, and about 1 KiB for each flow.
 *
 * @param maxConnections         TCP connections at once; a further one is closed at once, counted as refused
 * @param maxFlows               UDP flows at once; when full, the client with the most loses his longest idle one
 * @param maxFlowsPerClient      flows that one session may hold at the service; when full, its longest idle one goes
 * @param hold                   how long an accepted connection waits for a session that is not open yet
 * @param handshake              how long a SOCKS client may take to say where it wants to go
 * @param connect                how long a backend may take to accept
 * @param flowIdle               how long a UDP flow is remembered after its last datagram
 */
public record RelayLimits(int maxConnections, int maxFlows, int maxFlowsPerClient,
        Duration hold, Duration handshake, Duration connect, Duration flowIdle) {

    public RelayLimits {
        if (maxConnections < 1 || maxFlows < 1 || maxFlowsPerClient < 1)
            throw new IllegalArgumentException("limits are at least 1");
    }

    public static RelayLimits defaults() {
        return new RelayLimits(4_096, 4_096, 1_024, Duration.ofSeconds(15), Duration.ofSeconds(10),
                Duration.ofSeconds(5), Duration.ofSeconds(60));
    }

    public RelayLimits withMaxConnections(int most) {
        return new RelayLimits(most, maxFlows, maxFlowsPerClient, hold, handshake, connect,
                flowIdle);
    }

    public RelayLimits withMaxFlows(int most) {
        return new RelayLimits(maxConnections, most, maxFlowsPerClient, hold, handshake,
                connect, flowIdle);
    }

    public RelayLimits withHold(Duration longest) {
        return new RelayLimits(maxConnections, maxFlows, maxFlowsPerClient, longest,
                handshake, connect, flowIdle);
    }

    public RelayLimits withHandshake(Duration longest) {
        return new RelayLimits(maxConnections, maxFlows, maxFlowsPerClient, hold, longest,
                connect, flowIdle);
    }

    public RelayLimits withConnect(Duration longest) {
        return new RelayLimits(maxConnections, maxFlows, maxFlowsPerClient, hold, handshake,
                longest, flowIdle);
    }

    public RelayLimits withFlowIdle(Duration longest) {
        return new RelayLimits(maxConnections, maxFlows, maxFlowsPerClient, hold, handshake,
                connect, longest);
    }
}
