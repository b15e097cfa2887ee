package org.schiltron.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Looks once a second whether tokens have been revoked beside the service's key, and tells of each once. */
final class RevocationWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RevocationWatch.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final RevocationFile file;
    private final LongConsumer revoke;
    private final Set<Long> told = new LinkedHashSet<>(); // at most what the file may hold
    private final Thread thread;
    private @Nullable FileTime seen;

    private RevocationWatch(RevocationFile file, LongConsumer revoke) {
        this.file = file;
        this.revoke = revoke;
        thread = Thread.ofVirtual().name("revocations").unstarted(this::run);
    }

    /** @throws Failure if the file that is there now cannot be read */
    static RevocationWatch start(RevocationFile file, LongConsumer revoke) {
        RevocationWatch watch = new RevocationWatch(file, revoke);
        watch.look();
        watch.thread.start();
        return watch;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(PAUSE);
                try {
                    look();
                } catch (Failure e) {
                    LOG.log(System.Logger.Level.WARNING, e.line() + "; what was revoked before stays so");
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void look() {
        FileTime changed;
        try {
            changed = Files.getLastModifiedTime(file.path());
        } catch (IOException e) {
            return; // there is none, or not yet
        }
        if (changed.equals(seen))
            return;
        seen = changed;
        Set<Long> now = new LinkedHashSet<>(file.read(Lifetime.nowEpochSeconds()).keySet());
        told.retainAll(now);
        for (long serial : now)
            if (told.add(serial))
                revoke.accept(serial);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
