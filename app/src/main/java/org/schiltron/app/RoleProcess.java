package org.schiltron.app;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A role's life as a process: what it has opened, closed in reverse order when SIGTERM or SIGINT comes or a part fails.
 * Stopped by a signal it exits with 0, since it did what it was asked.
 */
final class RoleProcess implements AutoCloseable {
    /** Longer than the slowest orderly close; then the process ends as it is. */
    private static final int STOP_SECONDS = 10;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Failure failure;

    /** To be closed on the way out, before what was added earlier. */
    <T extends AutoCloseable> T closeLater(T part) {
        open.push(part);
        return part;
    }

    /** Ends {@link #await} from any thread: this part cannot go on. */
    void fail(Failure why) {
        failure = why;
        stop.countDown();
    }

    /** Waits for a signal or a failure. */
    void await() {
        Thread hook = new Thread(this::stopForSignal, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Failure why = failure;
        if (why != null) {
            Runtime.getRuntime().removeShutdownHook(hook);
            throw why;
        }
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.err.println("schiltron: while stopping: " + e);
            }
        }
        closed.countDown();
    }

    private void stopForSignal() {
        stop.countDown();
        try {
            boolean inTime = closed.await(STOP_SECONDS, TimeUnit.SECONDS);
            Runtime.getRuntime().halt(inTime ? Exit.OK.code() : Exit.FAILED.code());
        } catch (InterruptedException e) {
            Runtime.getRuntime().halt(Exit.FAILED.code());
        }
    }
}
