/** Attacks on overlays played by lot, beside the formulas of the papers that propose them. */
@org.jspecify.annotations.NullMarked module org.schiltron.overlays {
    requires transitive org.jspecify;
    requires org.schiltron.machine;
    requires org.schiltron.proof;
    requires org.schiltron.filter;
    requires org.schiltron.edge;
    requires transitive org.schiltron.figures;

    exports org.schiltron.overlays;
}
