package org.schiltron.swarm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service's swarm list as one end knows it: list index to mailbox. The service knows all of it; a client learns it
 * after the handshake, and an address that it refuses leaves a gap.
 */
final class MailboxDirectory {
    static final int MAX_SIZE = 4_096;

    private final List<@Nullable MailboxLink> links = new ArrayList<>();

    int size() {
        return links.size();
    }

    @Nullable
    MailboxLink get(int index) {
        return index < links.size() ? links.get(index) : null;
    }

    /** Index below {@link #MAX_SIZE}. */
    void set(int index, MailboxLink link) {
        while (links.size() <= index)
            links.add(null);
        links.set(index, link);
    }
}
