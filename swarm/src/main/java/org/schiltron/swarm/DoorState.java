package org.schiltron.swarm;

import java.util.List;

/**
 * What a client is asked for at the door, while it waits there.
 *
 * @param mailboxes worked at; 0: nothing is asked for
 * @param queued    of them, how many have taken its hello and wait for a first-contact get
 * @param bestBits  of the best solution so far, -1 for none
 * @param goingBits of the least effort that got on lately, at the mailbox where it is least
 */
public record DoorState(int mailboxes, int queued, int bestBits, int goingBits) {

    static DoorState of(List<Attempt> attempts) {
        int queued = 0;
        int best = -1;
        int going = attempts.isEmpty() ? 0 : Integer.MAX_VALUE;
        for (Attempt attempt : attempts) {
            queued += attempt.isQueued() ? 1 : 0;
            best = Math.max(best, attempt.bestBits());
            going = Math.min(going, attempt.goingBits());
        }
        return new DoorState(attempts.size(), queued, best, going);
    }
}
