package org.schiltron.app;

import java.util.Locale;
import org.schiltron.swarm.ClientLimits;

/** A client's limits as they are typed, kept in a file and listed: {@code sessions=2 streams=8 packets-per-second=100}. */
final class LimitsText {
    private static final String SESSIONS = "sessions";
    private static final String STREAMS = "streams";
    private static final String PACKETS = "packets-per-second";

    private LimitsText() {
    }

    /**
     * @param text   at least one of the three, with spaces or commas between them
     * @param others what those have that are not in the text
     * @throws IllegalArgumentException with a message for the person who typed it
     */
    static ClientLimits parse(String text, ClientLimits others) {
        ClientLimits limits = others;
        for (String part : text.strip().split("[ ,]+", -1)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            int value = number(part, part.substring(equals + 1));
            limits = switch (name.toLowerCase(Locale.ROOT)) {
                case SESSIONS -> limits.withSessions(value);
                case STREAMS -> limits.withStreams(value);
                case PACKETS -> limits.withPacketsPerSecond(value);
                default -> throw unknown(part);
            };
        }
        return limits;
    }

    private static int number(String part, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw unknown(part);
        }
    }

    private static IllegalArgumentException unknown(String part) {
        return new IllegalArgumentException("limit \"" + part + "\": expected " + SESSIONS + "=N, " + STREAMS + "=N or "
                + PACKETS + "=N");
    }

    static String of(ClientLimits limits) {
        return SESSIONS + "=" + limits.sessions() + " " + STREAMS + "=" + limits.streams() + " " + PACKETS + "="
                + limits.packetsPerSecond();
    }
}
