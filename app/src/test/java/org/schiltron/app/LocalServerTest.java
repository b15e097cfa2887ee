package org.schiltron.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LocalServerTest {
    private static ServerSocketChannel listener() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** The backlog keeps what the process has no descriptor for, so accepting would fail at once, again and again. */
    @Test
    void acceptingPausesWhileThereIsNoFileDescriptor() throws IOException {
        ServerSocketChannel listener = listener();
        LocalServer server = LocalServer.start("test", listener, 4, Duration.ofSeconds(10), channel -> {
        });
        List<String> story = new ArrayList<>();
        server.accept(() -> {
            if (story.size() == 6) {
                listener.close();
                throw new SocketException("closed");
            }
            story.add("accept");
            throw new SocketException("Too many open files");
        }, () -> story.add("pause"));
        assertThat(story).containsExactly("accept", "pause", "accept", "pause", "accept", "pause");
    }

    @Test
    void oneThatSaysNothingIsCutOffAndMakesRoom() throws IOException {
        ServerSocketChannel listener = listener();
        try (LocalServer server = LocalServer.start("test", listener, 1, Duration.ofMillis(100),
                channel -> channel.read(ByteBuffer.allocate(1)))) {
            for (int i = 0; i < 3; i++) {
                try (SocketChannel silent = SocketChannel.open(listener.getLocalAddress())) {
                    assertThat(silent.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                }
            }
            assertThat(server).isNotNull();
        }
    }
}
