/** The simulator: event queue, links, faults, attackers. */
@org.jspecify.annotations.NullMarked module org.schiltron.sim {
    requires transitive org.jspecify;
    requires transitive org.schiltron.ring;
    requires transitive org.schiltron.swarm;

    exports org.schiltron.sim;
}
