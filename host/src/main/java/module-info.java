/** The real world: UDP loops, TCP fronts, clock, entropy. */
@org.jspecify.annotations.NullMarked module org.schiltron.host {
    requires transitive org.jspecify;
    requires transitive org.schiltron.bgp;
    requires transitive org.schiltron.ring;
    requires transitive org.schiltron.swarm;

    exports org.schiltron.host;
}
