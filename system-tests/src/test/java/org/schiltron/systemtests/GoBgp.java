package org.schiltron.systemtests;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** GoBGP's daemon, and its command line to ask it. */
final class GoBgp extends BgpPeer {
    private static final String CONFIG = """
            [global.config]
              as = $AS
              router-id = "10.0.0.2"
              port = $PORT
              local-address-list = ["127.0.0.1"]
            [[neighbors]]
              [neighbors.config]
                neighbor-address = "127.0.0.1"
                peer-as = $THEIRS
              [neighbors.transport.config]
                passive-mode = true
              [neighbors.timers.config]
                idle-hold-time-after-reset = 1
            """;
    private static final String FAMILY = """
              [[neighbors.afi-safis]]
                [neighbors.afi-safis.config]
                  afi-safi-name = "$FAMILY"
            """;
    private static final Pattern ROUTE = Pattern
            .compile("\\*> (\\[.*\\]) +fictitious .*?(?:Extcomms: (\\[.*\\]))?\\}\\]");

    private final int apiPort = Stage.freePort();
    private final int neighbourAs;
    private final String families;

    GoBgp(Stage stage, int neighbourAs, String... families) {
        super(stage, "gobgp");
        this.neighbourAs = neighbourAs;
        this.families = Stream.of(families).map(family -> FAMILY.replace("$FAMILY", family))
                .collect(Collectors.joining());
        Programs.gobgpd();
        Programs.gobgp();
    }

    static GoBgp start(Stage stage) {
        GoBgp peer = new GoBgp(stage, OUR_AS, "ipv4-flowspec", "ipv6-flowspec");
        peer.start();
        return peer;
    }

    @Override
    List<String> command() {
        String config = file("gobgp.toml", CONFIG.replace("$AS", Integer.toString(AS))
                .replace("$PORT", Integer.toString(port())).replace("$THEIRS", Integer.toString(neighbourAs))
                + families).toString();
        return List.of(Programs.gobgpd(), "-f", config, "-p", "--api-hosts", "127.0.0.1:" + apiPort);
    }

    @Override
    Map<String, String> rules() {
        Map<String, String> rules = new LinkedHashMap<>();
        for (String family : List.of("ipv4-flowspec", "ipv6-flowspec")) {
            for (String line : ask(Programs.gobgp(), "-p", Integer.toString(apiPort), "global", "rib", "-a", family)) {
                Matcher route = ROUTE.matcher(line);
                if (route.find())
                    rules.put(route.group(1), route.group(2) == null ? NO_ACTIONS : route.group(2));
            }
        }
        return rules;
    }

    /** Without reading each: for thousands, its table printer takes minutes. */
    int count() {
        int count = 0;
        for (String family : List.of("ipv4-flowspec", "ipv6-flowspec"))
            for (String line : ask(Programs.gobgp(), "-p", Integer.toString(apiPort), "global", "rib", "summary", "-a",
                    family))
                if (line.startsWith("Destination: "))
                    count += Integer.parseInt(line.substring("Destination: ".length(), line.indexOf(',')));
        return count;
    }
}
