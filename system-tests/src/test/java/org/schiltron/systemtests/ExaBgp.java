package org.schiltron.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** ExaBGP, which tells a program of every message it gets; the program is a shell that writes it down. */
final class ExaBgp extends BgpPeer {
    private static final String CONFIG = """
            process listener {
                run $LISTENER;
                encoder json;
            }
            neighbor 127.0.0.1 {
                router-id 10.0.0.4;
                local-address 127.0.0.1;
                local-as $AS;
                peer-as $THEIRS;
                passive true;
                family { ipv4 flow; ipv6 flow; }
                api { processes [ listener ]; neighbor-changes; receive { parsed; update; } }
            }
            """;

    private final Path messages;

    ExaBgp(Stage stage) {
        super(stage, "exabgp");
        Programs.exabgp();
        messages = file("messages", "");
    }

    static ExaBgp start(Stage stage) {
        ExaBgp peer = new ExaBgp(stage);
        peer.start();
        return peer;
    }

    @Override
    List<String> command() {
        // The shell stays, and with it its standard output: ExaBGP takes the end of that for the program's.
        Path listener = file("listener", "#!/bin/sh\ncat >> '" + messages + "'\n");
        try {
            Files.setPosixFilePermissions(listener, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of(Programs.exabgp(), file("exabgp.conf", CONFIG.replace("$LISTENER", listener.toString())
                .replace("$AS", Integer.toString(AS)).replace("$THEIRS", Integer.toString(OUR_AS))).toString());
    }

    @Override
    Map<String, String> environment() {
        return Map.of("exabgp.tcp.bind", "127.0.0.1", "exabgp.tcp.port", Integer.toString(port()),
                "exabgp.daemon.user", System.getProperty("user.name"), "exabgp.api.cli", "false", "exabgp.api.ack",
                "false", "exabgp.log.destination", "stderr");
    }

    /** The messages so far that are no states, and of each what it says: {@code end}, or rules with + or -. */
    List<List<String>> updates() {
        List<List<String>> updates = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(messages)) {
                JsonNode message = JsonMapper.shared().readTree(line).path("neighbor").path("message");
                if (message.has("eor"))
                    updates.add(List.of("end of " + message.path("eor").path("afi").asString()));
                else if (message.has("update"))
                    updates.add(rules(message.path("update")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return updates;
    }

    private static List<String> rules(JsonNode update) {
        List<String> communities = new ArrayList<>();
        for (JsonNode community : update.path("attribute").path("extended-community")) {
            String known = community.path("string").asString();
            communities.add(known.isEmpty() ? community.path("value").bigIntegerValue().toString(16) : known);
        }
        List<String> rules = new ArrayList<>();
        for (String family : List.of("ipv4 flow", "ipv6 flow")) {
            for (JsonNode rule : update.path("announce").path(family).path("no-nexthop"))
                rules.add("+" + rule.path("string").asString() + " -> " + String.join(", ", communities));
            for (JsonNode rule : update.path("withdraw").path(family))
                rules.add("-" + rule.path("string").asString());
        }
        return rules;
    }

    /** Announced and not withdrawn. */
    @Override
    Map<String, String> rules() {
        Map<String, String> rules = new LinkedHashMap<>();
        for (List<String> update : updates()) {
            for (String rule : update) {
                int arrow = rule.indexOf(" -> ");
                if (rule.startsWith("+"))
                    rules.put(rule.substring(1, arrow), rule.substring(arrow + 4));
                else
                    rules.remove(rule.substring(1));
            }
        }
        return rules;
    }
}
