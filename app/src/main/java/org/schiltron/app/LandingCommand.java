package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.app.Setting.Tier;
import org.schiltron.edge.LandingConfig;
import org.schiltron.edge.NodeList;
import org.schiltron.host.Addresses;
import org.schiltron.proof.Identity;
import org.schiltron.relay.LegAddress;
import org.schiltron.relay.routes.Landing;
import org.schiltron.relay.routes.LandingBackend;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron landing}. */
@Command(name = "landing", description = "Ends edges' connections beside a service, so that they outlive the way they came.", footer = {
        "", "Edges' connections come here by whatever egress and address; each is one connection to the service, which",
        "stays while egresses die, authenticators change and modes switch (docs/EDGES.md).", "", "Examples:",
        "  schiltron landing --listen 192.0.2.80:4800 --key landing.key --nodes nodes.txt --service shop=127.0.0.1:80"})
final class LandingCommand extends RoleCommand {
    static final Setting LISTEN = Setting.address(Tier.FIRST, "listen", "0.0.0.0:4800",
            "TCP address where egresses connect");
    static final Setting KEY = Setting.text(Tier.FIRST, "key", "", 4_096,
            "the landing's secret key file; ingresses know its public key");
    static final Setting NODES = Setting.text(Tier.FIRST, "nodes", "", 4_096,
            "file: the nodes of the overlay, of which ingresses may begin connections");
    static final Setting SERVICE = Setting.texts(Tier.FIRST, "service", 1_024,
            "`NAME=HOST:PORT`: a service as ingresses call it, and where it is");
    static final Setting PROXY_PROTOCOL = Setting.flag(Tier.FIRST, "proxy-protocol", false,
            "whether services are told who the client is, by PROXY protocol version 2");
    static final Setting LEGS = Setting.whole(Tier.TUNE, "max-connections", LandingConfig.DEFAULT.legs(), 1, 65_536,
            "kept at once");
    static final List<Setting> ALL = List.of(LISTEN, KEY, NODES, SERVICE, PROXY_PROTOCOL, LEGS);

    private @Nullable Landing landing;

    @Override
    List<Setting> known() {
        return ALL;
    }

    @Override
    void open(RoleProcess process, Settings settings, PrintWriter out) {
        Path key = settings.file(KEY);
        Path nodes = settings.file(NODES);
        if (key == null || nodes == null)
            throw new Failure(Exit.USAGE, "a landing needs --key FILE and --nodes FILE");
        Identity identity = KeyFiles.read(key);
        NodeList list = EdgeOverlay.read(nodes);
        Map<String, LandingBackend> backends = backends(settings);
        LandingConfig preset = LandingConfig.DEFAULT;
        try {
            Landing running = process.closeLater(Landing.start(identity, list,
                    new LandingConfig(settings.integer(LEGS), Math.min(settings.integer(LEGS), preset.orphans()),
                            preset.orphanNs()),
                    UdpSettings.resolve(settings.address(LISTEN)), backends));
            landing = running;
            out.println("landing: " + Addresses.toText(running.address()));
            out.println("key: " + identity.publicKey().text());
        } catch (IOException e) {
            throw new Failure(Exit.CANNOT_LISTEN, String.valueOf(e.getMessage()), e);
        }
    }

    private static Map<String, LandingBackend> backends(Settings settings) {
        List<String> texts = settings.texts(SERVICE);
        if (texts.isEmpty())
            throw new Failure(Exit.USAGE, "which service? give --service NAME=HOST:PORT");
        Map<String, LandingBackend> backends = new LinkedHashMap<>();
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            int equals = text.indexOf('=');
            if (equals < 1)
                throw settings.wrong(SERVICE, i, "\"" + text + "\" is not NAME=HOST:PORT");
            try {
                InetSocketAddress to = UdpSettings.resolve(Addresses.parse(text.substring(equals + 1)));
                if (backends.put(text.substring(0, equals),
                        new LandingBackend(LegAddress.to(to), settings.flag(PROXY_PROTOCOL))) != null)
                    throw settings.wrong(SERVICE, i, text.substring(0, equals) + " stands there twice");
            } catch (IllegalArgumentException e) {
                throw settings.wrong(SERVICE, i, String.valueOf(e.getMessage()));
            }
        }
        return backends;
    }

    @Override
    void report(ObjectNode status) {
        Landing running = landing;
        if (running != null)
            status.put("connections", running.legs());
    }
}
