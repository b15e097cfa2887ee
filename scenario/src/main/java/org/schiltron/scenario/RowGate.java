package org.schiltron.scenario;

import java.util.Map;
import java.util.TreeMap;
import org.schiltron.sim.Router;

/** A gate that counts what it refuses, by its reasons. What stands in a packet may be forged: no gate knows more than that. */
abstract class RowGate implements Router.Gate {
    private final String word;
    private final Map<String, Long> refused = new TreeMap<>();

    RowGate(String word) {
        this.word = word;
    }

    /** False, for {@link #admits} to return. */
    boolean refuse(String reason) {
        refused.merge(reason, 1L, Long::sum);
        return false;
    }

    Result.Gate result() {
        return new Result.Gate(word, new TreeMap<>(refused));
    }
}
