/** Keys, handshake, nonce sequences, packet protection, links. */
@org.jspecify.annotations.NullMarked module org.schiltron.proof {
    requires transitive org.jspecify;
    requires transitive org.schiltron.wire;

    exports org.schiltron.proof;
}
