package org.schiltron.swarm;

import org.schiltron.wire.Hello;

/**
 * Work that a client has been asked for: search for ever better solutions for {@code target} and tell each to
 * {@link ClientEndpoint#onSolution}, until told that it is over.
 *
 * @param id     of this job, at its endpoint
 * @param kind   {@link Hello#HASH} or {@link Hello#EQUIX}
 * @param target 32 bytes; not to be changed
 * @param start  where to begin the search
 */
public record PuzzleJob(long id, int kind, byte[] target, long start) {
}
