package org.schiltron.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * OpenVPN between two network namespaces of its own, joined by a veth pair; each end has its tun device. Settings are
 * OpenVPN's defaults but for the cipher, which is named, and data channel offload, which stays off: the comparison is of
 * programs, not of a kernel module.
 */
final class Tunnel {
    static final String SERVER_INSIDE = "10.213.8.1";
    private static final String CLIENT_INSIDE = "10.213.8.2";
    private static final String SERVER_OUTSIDE = "10.213.7.1";
    private static final String CLIENT_OUTSIDE = "10.213.7.2";
    private static final int PORT = 1194;

    private final Scene scene;
    private final String serverSpace = "schiltron-" + ProcessHandle.current().pid() + "s";
    private final String clientSpace = "schiltron-" + ProcessHandle.current().pid() + "c";
    private final List<Child> processes = new ArrayList<>();

    Tunnel(Scene scene, String openvpn) throws IOException, InterruptedException {
        this.scene = scene;
        space(serverSpace);
        space(clientSpace);
        scene.run("ip", "link", "add", "outside", "netns", serverSpace, "type", "veth", "peer", "name", "outside",
                "netns", clientSpace);
        up(serverSpace, SERVER_OUTSIDE);
        up(clientSpace, CLIENT_OUTSIDE);
        String serverPrint = certificate("server");
        String clientPrint = certificate("client");
        Child server = scene.start("openvpn server", in(serverSpace, openvpn, "--config",
                config("server", clientPrint, "tls-server\ndh none\nlocal " + SERVER_OUTSIDE + "\nlport " + PORT
                        + "\nifconfig " + SERVER_INSIDE + " " + CLIENT_INSIDE)));
        Child client = scene.start("openvpn client", in(clientSpace, openvpn, "--config",
                config("client", serverPrint, "tls-client\nnobind\nremote " + SERVER_OUTSIDE + " " + PORT
                        + "\nifconfig " + CLIENT_INSIDE + " " + SERVER_INSIDE)));
        server.awaitLine("Initialization Sequence Completed");
        client.awaitLine("Initialization Sequence Completed");
        processes.add(server);
        processes.add(client);
    }

    List<Child> processes() {
        return processes;
    }

    List<String> inServer() {
        return in(serverSpace);
    }

    List<String> inClient() {
        return in(clientSpace);
    }

    private static List<String> in(String space, String... command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", space));
        whole.addAll(List.of(command));
        return whole;
    }

    private void space(String name) throws IOException, InterruptedException {
        scene.run("ip", "netns", "add", name);
        scene.atEnd(() -> {
            try {
                new ProcessBuilder("ip", "netns", "del", name).start().waitFor();
            } catch (IOException | InterruptedException e) {
                System.err.println("could not delete the network namespace " + name + ": " + e);
            }
        });
    }

    private void up(String space, String address) throws IOException, InterruptedException {
        scene.run("ip", "-n", space, "addr", "add", address + "/30", "dev", "outside");
        scene.run("ip", "-n", space, "link", "set", "outside", "up");
        scene.run("ip", "-n", space, "link", "set", "lo", "up");
    }

    /** Makes a key and a certificate; its fingerprint, by which the other end knows it. */
    private String certificate(String name) throws IOException, InterruptedException {
        scene.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2", "-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".crt");
        String said = scene.run("openssl", "x509", "-in", name + ".crt", "-noout", "-fingerprint", "-sha256");
        return said.substring(said.indexOf('=') + 1).strip();
    }

    private String config(String name, String peerPrint, String more) throws IOException {
        return scene.write(name + ".conf", """
                dev tun
                proto udp4
                disable-dco
                data-ciphers AES-256-GCM
                cert %1$s.crt
                key %1$s.key
                <peer-fingerprint>
                %2$s
                </peer-fingerprint>
                verb 3
                %3$s
                """.formatted(name, peerPrint, more)).toString();
    }
}
