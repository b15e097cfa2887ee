/** Message layouts over MemorySegment. */
@org.jspecify.annotations.NullMarked module org.schiltron.wire {
    requires transitive org.jspecify;
    requires transitive org.schiltron.machine;

    exports org.schiltron.wire;
}
