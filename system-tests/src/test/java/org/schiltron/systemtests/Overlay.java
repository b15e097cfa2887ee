package org.schiltron.systemtests;

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
     * @param host        127.0.0.1 or [::1]
     * @param notStarted  further mailboxes that the service is told of and that do not run yet
     */
    Overlay(Stage stage, String host, int mailboxCount, int notStarted, int ringCount) {
        this.stage = stage;
        this.host = host;
        serviceKey = stage.directory().resolve("service.key");
        Child makesKey = stage.schiltron("key", "new", serviceKey.toString());
        for (int i = 0; i < mailboxCount + notStarted; i++)
            mailboxAddresses.add(host + ":" + Stage.freePort());
        for (int i = 0; i < mailboxCount; i++)
            mailboxes.add(startMailbox(i));
        makesKey.awaitExit();
        customer = makesKey.awaitLine("");
        for (int i = 0; i < ringCount; i++) {
            ringAddresses.add(host + ":" + Stage.freePort());
            rings.add(startRing(i));
        }
        mailboxes.forEach(mailbox -> mailbox.awaitLine("mailbox: "));
        rings.forEach(ring -> ring.awaitLine("ring: "));
    }

    /** With nginx behind it and a client in front, ready. */
    static Overlay with(Stage stage, String host, Nginx nginx) {
        Overlay overlay = new Overlay(stage, host, 6, 0, 2);
        overlay.startProtect(nginx.address());
        overlay.startConnect();
        return overlay;
    }

    /** Starts one of the mailboxes, again or for the first time. */
    Child startMailbox(int index, String... more) {
        List<String> args = new ArrayList<>(
                List.of("mailbox", "--listen", mailboxAddresses.get(index), "--metrics", "off"));
        args.addAll(List.of(more));
        return stage.schiltron(args.toArray(String[]::new));
    }

    Child startRing(int index) {
        return stage.schiltron("ring", "--listen", ringAddresses.get(index), "--customer", customer, "--metrics",
                "off");
    }

    /** Starts the service's end, the first or another on the same key, and waits until clients can connect. */
    Child startProtect(String backend) {
        List<String> args = new ArrayList<>(List.of("protect", backend, "--key", serviceKey.toString(), "--metrics",
                "off", "--mailbox"));
        args.addAll(mailboxAddresses);
        args.add("--ring");
        args.addAll(ringAddresses);
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
