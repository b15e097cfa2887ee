package org.schiltron.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Starts the ways that the table compares, each with what it needs around it; those that lack a program are left out. */
final class Ways {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int SMALL_BYTES = 1_000;

    private final Scene scene;
    private final Way.Ends ends;
    private final int webPort = Scene.freePort();

    Ways(Scene scene, int bigBytes) throws IOException, InterruptedException {
        this.scene = scene;
        Path files = Files.createDirectory(scene.directory().resolve("files"));
        Random random = new Random(1);
        byte[] bytes = new byte[bigBytes];
        random.nextBytes(bytes);
        Files.write(files.resolve("big"), bytes);
        Files.write(files.resolve("small"), Arrays.copyOf(bytes, SMALL_BYTES));
        ends = ends(List.of(), List.of(), LOOPBACK, webPort);
    }

    /** A web server and a load, started by way of a command such as {@code ip netns exec}, or of none. */
    private Way.Ends ends(List<String> serverBy, List<String> loadBy, String address, int port)
            throws IOException, InterruptedException {
        String nginx = Scene.find("nginx");
        if (nginx == null)
            throw new IOException("no nginx: install nginx-light");
        Path config = scene.write("nginx-" + port + ".conf", """
                daemon off;
                master_process off;
                pid nginx-%2$d.pid;
                error_log stderr;
                events {
                    worker_connections 1024;
                }
                http {
                    access_log off;
                    sendfile on;
                    keepalive_requests 100000000;
                    server {
                        listen %1$s:%2$d;
                        root files;
                    }
                }
                """.formatted(address, port));
        Child server = scene.start("nginx",
                by(serverBy,
                        List.of(nginx, "-p", scene.directory().toString(), "-c", config.toString(), "-e", "stderr")));
        Child load = scene.start("load", by(loadBy, Scene.java(256, HttpLoad.class)));
        load.awaitLine("ready");
        return new Way.Ends(load, server);
    }

    private static List<String> by(List<String> prefix, List<String> command) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return whole;
    }

    private static void awaitPort(Child program, int port) throws IOException, InterruptedException {
        for (int tries = 0; tries < 500; tries++) {
            try {
                new Socket(InetAddress.ofLiteral(LOOPBACK), port).close();
                return;
            } catch (IOException e) {
                if (!program.isAlive())
                    program.awaitLine("\0"); // throws with what it said
                Thread.sleep(20);
            }
        }
        throw new IOException("nothing listens on port " + port);
    }

    private static void leftOut(String row, String why) {
        System.err.println("the row " + row + " is left out: " + why);
    }

    Way direct() throws IOException, InterruptedException {
        awaitPort(ends.server(), webPort);
        return new Way("direct", Scene.version("nginx", String.valueOf(Scene.find("nginx")), "-v"), "nothing between",
                List.of(), ends, LOOPBACK, webPort);
    }

    @Nullable
    Way haproxy() throws IOException, InterruptedException {
        String program = Scene.find("haproxy");
        if (program == null) {
            leftOut("haproxy", "install haproxy");
            return null;
        }
        int port = Scene.freePort();
        Path config = scene.write("haproxy.cfg", """
                defaults
                    mode tcp
                    timeout connect 5s
                    timeout client 1m
                    timeout server 1m
                listen bench
                    bind 127.0.0.1:%d
                    server web 127.0.0.1:%d
                """.formatted(port, webPort));
        Child proxy = scene.start("haproxy", List.of(program, "-db", "-q", "-f", config.toString()));
        awaitPort(proxy, port);
        return new Way("haproxy", Scene.version("version", program, "-v"), "plain TCP proxy, encrypts nothing",
                List.of(proxy), ends, LOOPBACK, port);
    }

    @Nullable
    Way ssh() throws IOException, InterruptedException {
        String sshd = Scene.find("sshd");
        if (sshd == null || Scene.find("ssh") == null) {
            leftOut("ssh", "install openssh-server and openssh-client");
            return null;
        }
        if (System.getProperty("user.name").equals("root"))
            Files.createDirectories(Path.of("/run/sshd")); // sshd insists; Debian makes it when the service starts
        for (String key : List.of("host", "user"))
            scene.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", scene.directory().resolve(key).toString());
        int port = Scene.freePort();
        Path config = scene.write("sshd.conf", """
                Port %d
                ListenAddress 127.0.0.1
                HostKey %2$s/host
                AuthorizedKeysFile %2$s/user.pub
                PidFile none
                UsePAM no
                StrictModes no
                PasswordAuthentication no
                PermitRootLogin yes
                """.formatted(port, scene.directory()));
        Child server = scene.start("sshd", List.of(sshd, "-D", "-e", "-f", config.toString()));
        server.awaitLine("listening");
        int front = Scene.freePort();
        Child client = scene.start("ssh",
                List.of("ssh", "-n", "-N", "-F", "none", "-i", "user", "-p", Integer.toString(port), "-o",
                        "UserKnownHostsFile=" + scene.directory().resolve("known"), "-o", "StrictHostKeyChecking=no",
                        "-o", "ExitOnForwardFailure=yes", "-c", "aes256-gcm@openssh.com", "-L",
                        LOOPBACK + ":" + front + ":" + LOOPBACK + ":" + webPort, LOOPBACK));
        awaitPort(client, front);
        return new Way("ssh -L", Scene.version("OpenSSH", "ssh", "-V"), "AES-256-GCM over one TCP connection",
                List.of(server, client), ends, LOOPBACK, front);
    }

    @Nullable
    Way openvpn() throws IOException, InterruptedException {
        String program = Scene.find("openvpn");
        String why = program == null || Scene.find("ip") == null || Scene.find("openssl") == null
                ? "install openvpn, iproute2 and openssl"
                : !System.getProperty("user.name").equals("root")
                        ? "it needs root, for namespaces and tun devices"
                        : !Files.exists(Path.of("/dev/net/tun")) ? "there is no /dev/net/tun" : "";
        if (program == null || !why.isEmpty()) {
            leftOut("openvpn", why);
            return null;
        }
        Tunnel tunnel = new Tunnel(scene, program);
        int port = Scene.freePort();
        Way.Ends across = ends(tunnel.inServer(), tunnel.inClient(), Tunnel.SERVER_INSIDE, port);
        return new Way("openvpn", Scene.version("OpenVPN", program, "--version"),
                "AES-256-GCM over UDP, tun devices, two network namespaces", tunnel.processes(), across,
                Tunnel.SERVER_INSIDE, port);
    }

    /** Rates of links and customers are far above what two cores carry, so that none of them limits. */
    Way overlay(int mailboxCount, int ringCount) throws IOException, InterruptedException {
        List<Child> all = new ArrayList<>();
        String customer = scene.run(Scene.schiltron("key", "new", "service.key").toArray(String[]::new)).strip();
        List<String> protect = Scene.schiltron("protect", LOOPBACK + ":" + webPort, "--key", "service.key",
                "--metrics", "off", "--link-mbit-per-second", "10000", "--mailbox");
        for (int i = 0; i < mailboxCount; i++) {
            all.add(scene.start("mailbox", Scene.schiltron("mailbox", "--listen", LOOPBACK + ":0", "--metrics", "off",
                    "--link-mbit-per-second", "10000", "--set", "tune.store-ms=50")));
        }
        for (Child mailbox : List.copyOf(all))
            protect.add(mailbox.awaitLine("mailbox: "));
        protect.add("--ring");
        for (int i = 0; i < ringCount; i++) {
            Child ring = scene.start("ring", Scene.schiltron("ring", "--listen", LOOPBACK + ":0", "--customer",
                    customer, "--metrics", "off", "--set", "tune.mbit-per-second-per-customer=10000", "--set",
                    "tune.requests-per-second-per-customer=1000000"));
            protect.add(ring.awaitLine("ring: "));
            all.add(ring);
        }
        Child service = scene.start("protect", protect);
        String link = service.awaitLine("link: ");
        Child client = scene.start("connect",
                Scene.schiltron("connect", link, "--listen", LOOPBACK + ":0", "--metrics", "off"));
        int port = Integer.parseInt(client.awaitLine("listen: tcp " + LOOPBACK + ":"));
        client.awaitLine("connected: ");
        all.add(service);
        all.add(client);
        String what = "AES-128-GCM per packet; " + mailboxCount + " mailboxes, " + ringCount
                + " ring nodes, protect, connect: " + all.size() + " processes";
        return new Way("overlay", "", what, all, ends, LOOPBACK, port);
    }
}
