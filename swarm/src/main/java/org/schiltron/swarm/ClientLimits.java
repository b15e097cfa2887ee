package org.schiltron.swarm;

/**
 * What one client may have of a service, over all its sessions. A client is a key, and keys cost nothing: these share the
 * service out among clients that are what they seem, and keep no botnet out.
 *
 * @param sessions         1 to 1,000,000; the oldest gives way to the next
 * @param streams          1 to 1,000,000; a further one is reset
 * @param packetsPerSecond each way, 10 to 10,000,000: the service asks for no more, and sends no more
 */
public record ClientLimits(int sessions, int streams, int packetsPerSecond) {
    public static final int MAX_SESSIONS = 1_000_000;
    public static final int MAX_STREAMS = 1_000_000;
    public static final int MIN_PACKETS_PER_SECOND = 10;
    /** More than a session can have: no limit. */
    public static final int MAX_PACKETS_PER_SECOND = 10_000_000;
    public static final ClientLimits DEFAULT = new ClientLimits(16, 1_024, MAX_PACKETS_PER_SECOND);

    public ClientLimits {
        check("sessions", sessions, 1, MAX_SESSIONS);
        check("streams", streams, 1, MAX_STREAMS);
        check("packets-per-second", packetsPerSecond, MIN_PACKETS_PER_SECOND, MAX_PACKETS_PER_SECOND);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most)
            throw new IllegalArgumentException(name + ": " + value + " is not in " + least + " to " + most);
    }

    public ClientLimits withSessions(int most) {
        return new ClientLimits(most, streams, packetsPerSecond);
    }

    public ClientLimits withStreams(int most) {
        return new ClientLimits(sessions, most, packetsPerSecond);
    }

    public ClientLimits withPacketsPerSecond(int most) {
        return new ClientLimits(sessions, streams, most);
    }
}
