/** Charts as SVG and reports as one HTML page: what measurements and experiments are shown with. */
@org.jspecify.annotations.NullMarked module org.schiltron.figures {
    requires transitive org.jspecify;

    exports org.schiltron.figures;
}
