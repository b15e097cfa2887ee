/** The Internet as flows between autonomous systems: what a defence holds against millions of bots. */
@org.jspecify.annotations.NullMarked module org.schiltron.internet {
    requires transitive org.jspecify;
    requires org.schiltron.machine;
    requires transitive org.schiltron.figures;
    requires org.apache.commons.compress;
    requires org.tukaani.xz;

    exports org.schiltron.internet;
}
