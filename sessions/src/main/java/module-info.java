/** Sessions beside plain UDP over measured round trips, packet by packet: figures 3 to 5 of the Phalanx paper. */
@org.jspecify.annotations.NullMarked module org.schiltron.sessions {
    requires transitive org.jspecify;
    requires org.schiltron.machine;
    requires org.schiltron.proof;
    requires org.schiltron.ring;
    requires org.schiltron.swarm;
    requires org.schiltron.sim;
    requires transitive org.schiltron.figures;
    requires org.tukaani.xz;

    exports org.schiltron.sessions;
}
