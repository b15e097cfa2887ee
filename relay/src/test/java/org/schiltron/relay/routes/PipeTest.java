package org.schiltron.relay.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two threads, each of which waits only for what the pipe tells it: a word that is not told is a test that hangs. */
@Timeout(60)
class PipeTest {
    @Test
    void allBytesPassAndEachSideIsWoken() throws Exception {
        Long given = Long.getLong("schiltron.seed");
        long seed = given == null ? System.nanoTime() : given;
        System.out.println("schiltron.seed=" + seed);
        Random random = new Random(seed);
        byte[] said = new byte[8 << 20];
        random.nextBytes(said);
        Semaphore readable = new Semaphore(0);
        Semaphore writable = new Semaphore(0);
        Pipe pipe = new Pipe(readable::release, writable::release);
        CompletableFuture<byte[]> heard = new CompletableFuture<>();
        Random reads = new Random(random.nextLong());
        Thread.ofPlatform().start(() -> {
            try {
                heard.complete(readAll(pipe, readable, reads));
            } catch (InterruptedException e) {
                heard.completeExceptionally(e);
            }
        });
        for (int at = 0; at < said.length;) {
            int length = Math.min(said.length - at, 1 + random.nextInt(random.nextBoolean() ? 100 : 100_000));
            ByteBuffer part = ByteBuffer.wrap(said, at, length);
            int taken = pipe.write(part);
            at += taken;
            if (part.hasRemaining())
                writable.acquire();
        }
        pipe.end();
        assertThat(heard.get()).isEqualTo(said);
    }

    private static byte[] readAll(Pipe pipe, Semaphore readable, Random random) throws InterruptedException {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        byte[] buffer = new byte[100_000];
        while (true) {
            int got = pipe.read(ByteBuffer.wrap(buffer, 0, 1 + random.nextInt(buffer.length - 1)));
            if (got < 0)
                return heard.toByteArray();
            if (got == 0)
                readable.acquire();
            heard.write(buffer, 0, got);
        }
    }

    @Test
    void itHoldsNoMoreThanItsBound() {
        Pipe pipe = new Pipe(() -> {
        }, () -> {
        });
        ByteBuffer much = ByteBuffer.allocate(1 << 20);
        assertThat(pipe.write(much)).isEqualTo(Pipe.BYTES);
        assertThat(pipe.write(much)).isZero();
        assertThat(pipe.room()).isZero();
        assertThat(pipe.isWritable()).isFalse();
    }

    /** Who wrote to somebody who has gone is not held up: it is told in another way. */
    @Test
    void whatNobodyReadsIsGone() {
        Semaphore writable = new Semaphore(0);
        Pipe pipe = new Pipe(() -> {
        }, writable::release);
        ByteBuffer much = ByteBuffer.allocate(1 << 20);
        pipe.write(much);
        pipe.abandon();
        assertThat(writable.tryAcquire()).isTrue();
        assertThat(pipe.write(much)).isPositive();
        assertThat(much.hasRemaining()).isFalse();
        assertThat(pipe.isReadable()).isFalse();
    }
}
