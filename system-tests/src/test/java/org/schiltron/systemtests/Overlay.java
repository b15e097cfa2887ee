package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A swarm of processes, a service behind it and a client in front, all on one loopback address. */
final class Overlay {
    private final Stage stage;
    private final String host;
    private final List<String> mailboxAddresses = new ArrayList<>();
    private final List<Child> mailboxes = new ArrayList<>();
    private final List<String> ringAddresses = new ArrayList<>();
    private final List<Child> rings = new ArrayList<>();
    private final Path serviceKey;
    private final String customer;
    private String link = "";
    private String front = "";

    /**
     * Mailboxes and ring nodes, started and ready.
     *
     * @param host       127.0.0.1 or [::1]
     * @param notStarted further mailboxes that the service is told of and that do not run yet
     */
    Overlay(Stage stage, String host, int mailboxCount, int notStarted, int ringCount) {
        this.stage = stage;
        this.host = host;
        serviceKey = stage.newDirectory("service").resolve("service.key");
        Child makesKey = stage.schiltron("key", "new", serviceKey.toString());
        for (int i = 0; i < mailboxCount; i++)
            mailboxes.add(mailbox(host + ":0"));
        assertThat(makesKey.awaitExit()).as(makesKey::toString).isZero();
        customer = makesKey.awaitLine("");
        for (int i = 0; i < ringCount; i++)
            rings.add(ring(host + ":0"));
        mailboxes.forEach(mailbox -> mailboxAddresses.add(mailbox.awaitLine("mailbox: ")));
        rings.forEach(ring -> ringAddresses.add(ring.awaitLine("ring: ")));
        for (int i = 0; i < notStarted; i++)
            mailboxAddresses.add(host + ":" + Stage.freePort());
    }

    /** Starts one of the mailboxes at its address, again or for the first time. */
    Child startMailbox(int index, String... more) {
        return mailbox(mailboxAddresses.get(index), more);
    }

    Child startRing(int index) {
        return ring(ringAddresses.get(index));
    }

    private Child mailbox(String at, String... more) {
        List<String> args = new ArrayList<>(List.of("mailbox", "--listen", at, "--metrics", "off"));
        args.addAll(List.of(more));
        return stage.schiltron(args.toArray(String[]::new));
    }

    private Child ring(String at) {
        return stage.schiltron("ring", "--listen", at, "--customer", customer, "--metrics", "off");
    }

    /** Starts the service's end, the first or another on the same key, and waits until clients can connect. */
    Child startProtect(String backend, String... more) {
        List<String> args = new ArrayList<>(List.of("protect", backend, "--key", serviceKey.toString(), "--metrics",
                "off", "--mailbox"));
        args.addAll(mailboxAddresses);
        args.add("--ring");
        args.addAll(ringAddresses);
        args.addAll(List.of(more));
        Child protect = stage.schiltron(args.toArray(String[]::new));
        link = protect.awaitLine("link: ");
        return protect;
    }

    Child startConnect() {
        Child connect = stage.schiltron("connect", link, "--listen", host + ":0", "--metrics", "off");
        connect.awaitLine("connected: ");
        front = connect.awaitLine("listen: tcp ");
        return connect;
    }

    /** A further ring node, which the service has not been told of. */
    Child addRing() {
        Child ring = ring(host + ":0");
        rings.add(ring);
        ringAddresses.add(ring.awaitLine("ring: "));
        return ring;
    }

    List<String> ringAddresses() {
        return ringAddresses;
    }

    Path serviceKey() {
        return serviceKey;
    }

    List<String> mailboxAddresses() {
        return mailboxAddresses;
    }

    String link() {
        return link;
    }

    /** Where the client's end serves a file. */
    String url(String file) {
        return "http://" + front + "/" + file;
    }

    List<Child> mailboxes() {
        return mailboxes;
    }

    List<Child> rings() {
        return rings;
    }
}
