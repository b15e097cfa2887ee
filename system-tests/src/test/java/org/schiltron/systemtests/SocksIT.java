package org.schiltron.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A web server and a UDP program behind one service, reached by SOCKS5 and by a UDP port of their own. */
class SocksIT {
    private static final int CURL_PROXY_REFUSED = 97;
    /** Reserved, no fragment, a name of 14 letters, port 7. */
    private static final byte[] HEADER = "\0\0\0\003\016echo.schiltron\0\007".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path directory;

    @Test
    void tcpAndUdpReachTheirBackendsByName() throws IOException {
        Programs.curl();
        try (Stage stage = new Stage(directory); DatagramSocket echo = loopback()) {
            Nginx nginx = Nginx.start(stage, "127.0.0.1");
            Path original = nginx.file("file", 300_000, new Random(5));
            Thread.ofVirtual().start(() -> serve(echo));
            Child protect = stage.schiltron("protect", "web=" + nginx.address(),
                    "echo=udp://127.0.0.1:" + echo.getLocalPort());
            Child connect = stage.schiltron("connect", protect.awaitLine("link: "), "--socks", "127.0.0.1:0", "--udp",
                    "echo=127.0.0.1:0");
            connect.awaitLine("connected: ");
            String socks = connect.awaitLine("listen: socks5 ");

            Curl curl = Curl.start(stage, "http://web.schiltron/file", "copy", "--noproxy", "", "--socks5-hostname",
                    socks);
            assertThat(curl.exitCode()).as(stage::toString).isZero();
            assertThat(Stage.sha256(curl.file())).isEqualTo(Stage.sha256(original));
            assertThat(Curl.start(stage, "http://elsewhere.example/", "none", "--noproxy", "", "--socks5-hostname",
                    socks).exitCode()).as(stage::toString).isEqualTo(CURL_PROXY_REFUSED);

            String udp = connect.awaitLine("listen: udp ");
            assertAnswers("by its own port", address(udp), new byte[0]);
            try (Socket control = new Socket()) {
                control.setSoTimeout((int) Child.LONGEST.toMillis());
                control.connect(address(socks));
                assertAnswers("by SOCKS5", associate(control), HEADER);
            }
        }
    }

    private static DatagramSocket loopback() throws IOException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(InetAddress.ofLiteral(text.substring(0, colon)),
                Integer.parseInt(text.substring(colon + 1)));
    }

    /** Where datagrams are taken. */
    private static InetSocketAddress associate(Socket control) throws IOException {
        control.getOutputStream().write(new byte[]{5, 1, 0, 5, 3, 0, 1, 0, 0, 0, 0, 0, 0});
        DataInputStream in = new DataInputStream(control.getInputStream());
        assertThat(in.readNBytes(6)).containsExactly(5, 0, 5, 0, 0, 1);
        return new InetSocketAddress(InetAddress.getByAddress(in.readNBytes(4)), in.readUnsignedShort());
    }

    /** As often as it takes: a datagram may be lost. */
    private static void assertAnswers(String how, InetSocketAddress at, byte[] header) throws IOException {
        byte[] sent = Arrays.copyOf(header, header.length + 1_200);
        new Random(6).nextBytes(sent);
        System.arraycopy(header, 0, sent, 0, header.length);
        try (DatagramSocket program = loopback()) {
            program.setSoTimeout(2_000);
            DatagramPacket answer = new DatagramPacket(new byte[2_000], 2_000);
            await(how).atMost(Child.LONGEST).pollInterval(Duration.ofMillis(10))
                    .ignoreException(SocketTimeoutException.class).until(() -> {
                        program.send(new DatagramPacket(sent, sent.length, at));
                        program.receive(answer);
                        return true;
                    });
            assertThat(Arrays.copyOf(answer.getData(), answer.getLength())).as(how).isEqualTo(sent);
        }
    }

    private static void serve(DatagramSocket echo) {
        DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
        try {
            while (true) {
                packet.setLength(2_000);
                echo.receive(packet);
                echo.send(packet);
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }
}
