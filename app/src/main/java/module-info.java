/** Command line, demo, status. */
@org.jspecify.annotations.NullMarked module org.schiltron.app {
    requires transitive org.jspecify;
    requires transitive org.schiltron.host;
    requires org.schiltron.sim;
    requires org.schiltron.scenario;
    requires org.schiltron.figures;
    requires org.schiltron.internet;
    requires org.schiltron.overlays;
    requires org.schiltron.lab;
    requires org.schiltron.sessions;
    requires org.schiltron.enforce;
    requires org.schiltron.xdp;
    requires org.schiltron.relay;
    requires info.picocli;
    requires org.tomlj;
    requires tools.jackson.databind;
    requires io.prometheus.metrics.core;
    requires io.prometheus.metrics.model;
    requires io.prometheus.writer.text;
    requires java.net.http;
    requires org.dnsjava;
    requires jdk.httpserver;
    requires jdk.security.auth;
    requires jdk.unsupported; // SIGHUP
    requires HdrHistogram;

    uses org.schiltron.host.Dht.Provider; // optional

    // picocli sets the fields that carry its annotations.
    opens org.schiltron.app to info.picocli;
}
