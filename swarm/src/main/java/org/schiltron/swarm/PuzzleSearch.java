package org.schiltron.swarm;

import org.jspecify.annotations.Nullable;
import org.schiltron.proof.EquiXPuzzle;
import org.schiltron.proof.HashPuzzle;
import org.schiltron.wire.Hello;

/** The search that a {@link PuzzleJob} asks for, whatever its kind; for one thread. */
public final class PuzzleSearch {
    private static final byte[] NONE = {};
    private static final int HASHES = 2_048;

    private final HashPuzzle.@Nullable Search hash;
    private final EquiXPuzzle.@Nullable Search memory;

    public PuzzleSearch(PuzzleJob job) {
        hash = job.kind() == Hello.HASH ? new HashPuzzle.Search(job.target(), job.start()) : null;
        memory = job.kind() == Hello.EQUIX ? new EquiXPuzzle.Search(job.target(), job.start()) : null;
    }

    /** Works for some milliseconds at most. Whether there is a better solution than before. */
    public boolean step() {
        return hash != null ? hash.run(HASHES) : memory != null && memory.run(1);
    }

    /** As {@link #step}, at most {@code trials} hashes or challenges. */
    public boolean step(int trials) {
        return hash != null ? hash.run(trials) : memory != null && memory.run(trials);
    }

    /** Of the best so far, -1 for none. */
    public int bits() {
        return hash != null ? hash.bits() : memory != null ? memory.bits() : -1;
    }

    public long seed() {
        return hash != null ? hash.solution() : memory != null ? memory.nonce() : 0;
    }

    /** What goes with the seed: an Equi-X solution, else nothing. */
    public byte[] rest() {
        return memory != null && memory.bits() >= 0 ? memory.solution() : NONE;
    }

    public long trials() {
        return hash != null ? hash.trials() : memory != null ? memory.trials() : 0;
    }
}
