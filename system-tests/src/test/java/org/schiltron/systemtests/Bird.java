package org.schiltron.systemtests;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** BIRD, and its command line to ask it. */
final class Bird extends BgpPeer {
    static final String BOTH = """
            flow4 { table rules4; import all; export none; };
            flow6 { table rules6; import all; export none; };
            """;
    private static final String CONFIG = """
            log stderr all;
            router id 10.0.0.3;
            flow4 table rules4;
            flow6 table rules6;
            protocol device {}
            protocol bgp schiltron {
                debug { states, events };
                local $HERE port $PORT as $AS;
                neighbor $NEIGHBOUR as $THEIRS;
                strict bind yes;
                passive yes;
                multihop;
                error wait time 1, 1;
                $CHANNELS
            }
            """;
    private static final Pattern ROUTE = Pattern.compile("(flow[46] \\{.*?\\}) +\\[.*");
    private static final Pattern COMMUNITIES = Pattern.compile("\\s+BGP\\.ext_community: (.*)");

    private final String address;
    private final String neighbour;
    private final int neighbourAs;
    private final String channels;

    Bird(Stage stage, String address, String neighbour, int neighbourAs, String channels) {
        super(stage, "bird");
        this.address = address;
        this.neighbour = neighbour;
        this.neighbourAs = neighbourAs;
        this.channels = channels;
        Programs.bird();
        Programs.birdc();
    }

    static Bird start(Stage stage) {
        return start(stage, BOTH);
    }

    static Bird start(Stage stage, String channels) {
        Bird peer = new Bird(stage, "127.0.0.1", "127.0.0.1", OUR_AS, channels);
        peer.start();
        return peer;
    }

    @Override
    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port());
    }

    @Override
    List<String> command() {
        String config = file("bird.conf", CONFIG.replace("$HERE", address).replace("$PORT", Integer.toString(port()))
                .replace("$AS", Integer.toString(AS)).replace("$NEIGHBOUR", neighbour)
                .replace("$THEIRS", Integer.toString(neighbourAs)).replace("$CHANNELS", channels)).toString();
        return List.of(Programs.bird(), "-f", "-c", config, "-s", directory().resolve("ctl").toString(), "-P",
                directory().resolve("pid").toString());
    }

    List<String> birdc(String... words) {
        List<String> command = new java.util.ArrayList<>(
                List.of(Programs.birdc(), "-s", directory().resolve("ctl").toString()));
        command.addAll(List.of(words));
        return ask(command.toArray(String[]::new));
    }

    @Override
    Map<String, String> rules() {
        Map<String, String> rules = new LinkedHashMap<>();
        String rule = "";
        for (String line : birdc("show", "route", "all")) {
            Matcher route = ROUTE.matcher(line);
            Matcher communities = COMMUNITIES.matcher(line);
            if (route.matches()) {
                rule = route.group(1);
                rules.put(rule, NO_ACTIONS);
            } else if (communities.matches()) {
                rules.put(rule, communities.group(1));
            }
        }
        return rules;
    }

    /** Without reading each. */
    int count() {
        return birdc("show", "route", "count").stream().filter(line -> line.contains("in table rules"))
                .mapToInt(line -> Integer.parseInt(line.substring(0, line.indexOf(' ')))).sum();
    }
}
