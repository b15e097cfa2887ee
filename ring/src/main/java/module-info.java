/** Gates, the nonce filter, the ring node. */
@org.jspecify.annotations.NullMarked module org.schiltron.ring {
    requires transitive org.jspecify;
    requires transitive org.schiltron.proof;
    requires static jdk.incubator.vector;

    exports org.schiltron.ring;
}
