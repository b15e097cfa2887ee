/** Scenario files for the simulator: read, checked, built, run. */
@org.jspecify.annotations.NullMarked module org.schiltron.scenario {
    requires transitive org.jspecify;
    requires transitive org.schiltron.sim;
    requires transitive org.schiltron.filter;

    exports org.schiltron.scenario;
}
