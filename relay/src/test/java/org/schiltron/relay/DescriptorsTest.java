package org.schiltron.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.schiltron.host.ProxyProtocol;
import org.schiltron.machine.SipHash;
import org.schiltron.proof.ClientId;

/** A process that runs out of file descriptors: a real one, with a low limit. */
@Timeout(60)
class DescriptorsTest {
    /** Takes all descriptors but some when it is told so, and gives them back when told again. */
    private static final String PROGRAM = """
            import java.io.*;
            import java.net.*;
            import java.util.*;
            import org.schiltron.relay.*;

            public class Program {
                public static void main(String[] args) throws Exception {
                    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
                    LegAddress backend = LegAddress.to(new InetSocketAddress(loopback, Integer.parseInt(args[0])));
                    EdgeServer edge = EdgeServer.start(EdgeConfig.of(
                            List.of(new TcpEntrance(new InetSocketAddress(loopback, 0), Opening.straightTo("s"), null)),
                            List.of(), List.of(Service.direct("s", backend, false)), EdgeLimits.defaults()));
                    System.out.println(edge.tcpAddresses().getFirst().getPort());
                    BufferedReader told = new BufferedReader(new InputStreamReader(System.in));
                    List<FileInputStream> taken = new ArrayList<>();
                    told.readLine();
                    try {
                        while (true)
                            taken.add(new FileInputStream("/dev/null"));
                    } catch (FileNotFoundException e) {
                        for (int i = 0; i < 11; i++)
                            taken.removeLast().close();
                    }
                    System.out.println("taken " + taken.size());
                    told.readLine();
                    long deadline = System.nanoTime() + 10_000_000_000L;
                    while (edge.counters().dropped(EdgeDrop.DESCRIPTORS) == 0 && System.nanoTime() < deadline)
                        Thread.sleep(5);
                    long ranOut = edge.counters().dropped(EdgeDrop.DESCRIPTORS);
                    for (FileInputStream each : taken)
                        each.close();
                    System.out.println("ran out " + (ranOut > 0));
                    told.readLine();
                }
            }
            """;

    @TempDir
    Path folder;

    private static String classPath() {
        return Stream.of(EdgeServer.class, ProxyProtocol.class, SipHash.class, ClientId.class)
                .map(DescriptorsTest::locationOf).distinct().collect(Collectors.joining(File.pathSeparator));
    }

    private static String locationOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean serves(Socket client) {
        try {
            client.setSoTimeout(10_000);
            client.getOutputStream().write(1);
            return client.getInputStream().read() == 1;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void acceptingGoesOnWhenThereAreDescriptorsAgain() throws Exception {
        assumeTrue(new File("/dev/null").exists(), "no /dev/null");
        Path source = Files.writeString(folder.resolve("Program.java"), PROGRAM);
        try (Backend backend = Backend.echo()) {
            Process program = new ProcessBuilder("sh", "-c", "ulimit -n 400; exec \"$@\"", "sh",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-cp",
                    classPath(), source.toString(), String.valueOf(backend.address().getPort()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            List<Socket> clients = new ArrayList<>();
            try (BufferedReader said = program.inputReader(StandardCharsets.US_ASCII)) {
                InetSocketAddress edge = Edges.loopback(Integer.parseInt(said.readLine()));
                try (Socket before = new Socket(edge.getAddress(), edge.getPort())) {
                    assertThat(serves(before)).isTrue();
                }
                program.outputWriter().append('\n').flush();
                assertThat(said.readLine()).startsWith("taken ");
                for (int i = 0; i < 3; i++) {
                    clients.add(new Socket(edge.getAddress(), edge.getPort()));
                    assertThat(serves(clients.get(i))).isTrue();
                }
                for (int i = 0; i < 30; i++)
                    clients.add(new Socket(edge.getAddress(), edge.getPort()));
                program.outputWriter().append('\n').flush();
                assertThat(said.readLine()).isEqualTo("ran out true");
                // Those in the backlog are taken in now; one whose leg found no descriptor was reset.
                assertThat(clients.stream().filter(DescriptorsTest::serves).count()).isGreaterThan(20);
                try (Socket after = new Socket(edge.getAddress(), edge.getPort())) {
                    assertThat(serves(after)).isTrue();
                }
            } finally {
                program.destroy();
                for (Socket client : clients)
                    client.close();
            }
        }
    }
}
