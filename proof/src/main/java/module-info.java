/** Keys, handshake, nonce sequences, packet protection, links, what services sign. */
@org.jspecify.annotations.NullMarked module org.schiltron.proof {
    requires transitive org.jspecify;
    requires transitive org.schiltron.wire;

    exports org.schiltron.proof;
}
