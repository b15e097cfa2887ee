/** Files of TOML, read key by key, with the line of what is wrong. */
@org.jspecify.annotations.NullMarked module org.schiltron.toml {
    requires transitive org.jspecify;
    requires org.tomlj;

    exports org.schiltron.toml;
}
