package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;

/**
 * Checks names and passwords at a bounded price. A hash that makes guessing dear makes checking dear too: so a source
 * may be wrong only so often ({@link FailureLimit}), all sources together cause at most {@value #CHECKS_PER_SECOND}
 * checks a second, and what was right is known again for {@value #REMEMBERED_SECONDS} seconds without one (as a MAC
 * under a key of this process, from that source, for {@value #MAX_REMEMBERED} passwords).
 *
 * <p><b>What an adversary could do.</b> With many sources he can use up the checks of all; who is remembered, or
 * shows a token or a grant instead, does not notice.
 *
 * <p>May be used by several threads; only the hash itself runs outside of the lock.
 */
public final class Passwords {
    public static final int CHECKS_PER_SECOND = 20;
    /** When it asks to come back later. */
    static final int LATER_SECONDS = FailureLimit.INTERVAL_SECONDS;

    private static final int REMEMBERED_SECONDS = 300;
    private static final int MAX_REMEMBERED = 4_096;

    enum Outcome {
        RIGHT, WRONG,
        /** Not looked at: too many were wrong, or too many are asking. */
        LATER
    }

    private final PasswordFile file;
    private final EdgeKey remembering;
    private final FailureLimit failures = new FailureLimit();
    /** When each was checked, by MAC. */
    private final Map<ByteBuffer, Long> right = new LinkedHashMap<>();
    private long second;
    private int checks;

    public Passwords(PasswordFile file, RandomSource random) {
        this.file = file;
        remembering = new EdgeKey(random.bytes(32));
    }

    Outcome check(String user, String password, Path source, long nowEpochSeconds) {
        ByteBuffer mac = mac(user, password, source);
        synchronized (this) {
            Long when = right.get(mac);
            if (when != null && nowEpochSeconds - when < REMEMBERED_SECONDS)
                return Outcome.RIGHT;
            if (!room(nowEpochSeconds) || !failures.attempt(source, nowEpochSeconds))
                return Outcome.LATER;
            checks++;
        }
        if (!file.check(user, password))
            return Outcome.WRONG;
        failures.right(source);
        remember(mac, nowEpochSeconds);
        return Outcome.RIGHT;
    }

    /** Whether it was right lately, so that {@link #check} says so at once. */
    boolean remembers(String user, String password, Path source, long nowEpochSeconds) {
        ByteBuffer mac = mac(user, password, source);
        synchronized (this) {
            Long when = right.get(mac);
            return when != null && nowEpochSeconds - when < REMEMBERED_SECONDS;
        }
    }

    /** Of this source alone: from another, guessing what was right here must cost what guessing costs. */
    private ByteBuffer mac(String user, String password, Path source) {
        byte[] from = ByteBuffer.allocate(8).putLong(SourceGrants.key(source)).array();
        return ByteBuffer.wrap(remembering.mac("password", from, user.getBytes(StandardCharsets.UTF_8),
                password.getBytes(StandardCharsets.UTF_8)));
    }

    private boolean room(long nowEpochSeconds) {
        if (second != nowEpochSeconds) {
            second = nowEpochSeconds;
            checks = 0;
        }
        return checks < CHECKS_PER_SECOND;
    }

    private synchronized void remember(ByteBuffer mac, long nowEpochSeconds) {
        right.remove(mac);
        right.put(mac, nowEpochSeconds);
        if (right.size() > MAX_REMEMBERED) {
            Iterator<ByteBuffer> oldest = right.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }
}
