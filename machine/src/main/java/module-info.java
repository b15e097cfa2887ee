/** The machine contract, timers, seeded randomness, keyed hashing, drop reasons. */
@org.jspecify.annotations.NullMarked module org.schiltron.machine {
    requires transitive org.jspecify;

    exports org.schiltron.machine;
}
