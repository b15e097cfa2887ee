/** Mailbox, session, mailbox sets, rate control. */
@org.jspecify.annotations.NullMarked module org.schiltron.swarm {
    requires transitive org.jspecify;
    requires transitive org.schiltron.proof;
    requires it.unimi.dsi.fastutil.core;

    exports org.schiltron.swarm;
}
