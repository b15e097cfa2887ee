package org.schiltron.relay;

/**
 * The way of one client connection from here to the backend. Made by a {@link LegDialer}, not yet connected: it is read
 * and written only after {@link End.Events#connected}.
 */
public interface Leg extends End {
    /**
     * Goes on with another authenticator, without anybody noticing. Only a leg that is numbered and acknowledged on its
     * way can.
     *
     * @return false if this leg cannot: the connection opens another, or lives on until the old authenticator ends
     */
    default boolean change(LegAddress to) {
        return false;
    }
}
