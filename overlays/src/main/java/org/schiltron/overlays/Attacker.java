package org.schiltron.overlays;

import java.util.Arrays;
import java.util.List;

/** Who attacks: Mayday's six (section 3.1), and one who sees nothing. */
enum Attacker {
    /** Floods with all that may be the authenticator alike, and does not see what becomes of it. */
    BLIND("blind"),
    /** Sees at clients how long answers take, and so whether a flood gets through. */
    CLIENT_EAVESDROPPER("client eavesdropper"),
    /** Sees the same by asking. */
    LEGITIMATE_CLIENT("legitimate client"),
    /** Watches one overlay node more each round, drawn by lot. */
    RANDOM_EAVESDROPPER("random eavesdropper"),
    /** Watches one overlay node of his choice, in the next round perhaps another. */
    TARGETED_EAVESDROPPER("targeted eavesdropper"),
    /** Has one overlay node more each round, drawn by lot, and knows what it knows. */
    RANDOM_COMPROMISE("random compromise"),
    /** Has one overlay node more each round, of his choice. */
    TARGETED_COMPROMISE("targeted compromise"),
    /** None of the paper's: has seen one packet between an egress and the service, and sees no other. */
    ONE_PACKET("one packet");

    /** And the blind one, to compare with. */
    static final List<Attacker> OF_THE_PAPER = Arrays.stream(values()).filter(attacker -> attacker != ONE_PACKET)
            .toList();

    private final String text;

    Attacker(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    boolean compromises() {
        return this == RANDOM_COMPROMISE || this == TARGETED_COMPROMISE;
    }

    boolean byLot() {
        return this == RANDOM_EAVESDROPPER || this == RANDOM_COMPROMISE;
    }
}
