package org.schiltron.app;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.schiltron.filter.RuleSet;

/** Where rules are in force: this machine's kernel, or routers. One thread at a time. */
interface Enforcer extends AutoCloseable {
    /** {@code xdp}, {@code nftables} or {@code flowspec}. */
    String name();

    /**
     * Puts other rules in the place of those in force.
     *
     * @throws IOException if they cannot be: the old ones stay in force
     */
    void change(RuleSet rules) throws IOException;

    /** Packets judged, by the label of the reason for which they were dropped, {@code passed} among them; empty if nobody counts. */
    Map<String, Long> verdicts() throws IOException;

    /** Packets that have met each rule's conditions, in the rules' order; empty if nobody counts. */
    List<Long> matches() throws IOException;

    /** What has been shared with other borders; empty where there is none. */
    default Map<String, Long> shared() throws IOException {
        return Map.of();
    }

    /** All that belongs to it has started: what was there before need not come back. */
    default void keep() throws IOException {
    }

    /** Each second. What a person should know, a line each. */
    default List<String> watch() throws IOException {
        return List.of();
    }

    /** What is due from time to time. */
    default void tick() throws IOException {
    }

    @Override
    void close();
}
