package org.schiltron.edge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;

/**
 * A puzzle that a browser solves before it is let in: 16 counters c for which SHA-256(challenge || i || c) begins
 * with so many zero bits, i the counter's place. Sixteen easy ones take the time of one that is 16 times as hard,
 * without its spread (a quarter of the mean instead of all of it), and show progress.
 *
 * <pre>
 * challenge   HMAC of the edge's key over: salt, when, bits, source address, host              32 bytes
 * hashed      challenge (32), place (4), counter (4)                                            one block
 * solution    when.salt.counter.counter...   decimal, 16 hexadecimal digits, 16 counters in decimal
 * </pre>
 *
 * The edge keeps nothing for a puzzle it gave out: the solution names the salt and the time, and only the edge can
 * tell the challenge that belongs to them, the address and the host. A solution counts once; which were spent is
 * remembered for {@value #MAX_SPENT} of them.
 *
 * <p><b>What an adversary could do.</b> Graphics cards solve thousands of times faster than a page. The puzzle puts a
 * price on each address (and on each {@link #LIFETIME_SECONDS} of it), not a wall before it. Who solved more than are
 * remembered may spend the oldest twice, for the same address. Several edges with one key do not tell each other.
 */
public final class Puzzle {
    public static final int MIN_BITS = 8;
    public static final int MAX_BITS = 28;
    /** From page to solution. */
    public static final long LIFETIME_SECONDS = 600;

    static final int PARTS = 16;
    private static final int PART_BITS = 4;
    private static final int MAX_SPENT = 65_536;
    /** Between the clocks of two edges. */
    private static final long MAX_SKEW_SECONDS = 60;
    private static final Pattern SALT = Pattern.compile("[0-9a-f]{16}");
    private static final long MAX_COUNTER = 0xffff_ffffL;

    /** What became of a solution. */
    enum Outcome {
        SOLVED("solved"), WRONG("this is no solution of the puzzle that this address was given"), OLD(
                "the puzzle was given out too long ago"), SPENT("this solution was used before");

        final String text;

        Outcome(String text) {
            this.text = text;
        }
    }

    private final EdgeKey key;
    private final int bits;
    private final RandomSource random;
    private final Set<Long> spent = new LinkedHashSet<>();

    /** @param bits the effort: 2 to so many hashes on average, {@value #MIN_BITS} to {@value #MAX_BITS} */
    public Puzzle(EdgeKey key, int bits, RandomSource random) {
        if (bits < MIN_BITS || bits > MAX_BITS)
            throw new IllegalArgumentException("a puzzle has " + MIN_BITS + " to " + MAX_BITS + " bits, not " + bits);
        this.key = key;
        this.bits = bits;
        this.random = random;
    }

    /** Zero bits that each of the 16 hashes begins with. */
    int partBits() {
        return bits - PART_BITS;
    }

    /** What a page is given: when and salt, a dot between. */
    synchronized String issue(long nowEpochSeconds) {
        return nowEpochSeconds + "." + HexFormat.of().toHexDigits(random.nextLong());
    }

    /** 64 hexadecimal digits. */
    String challenge(String issued, Path source, String host) {
        return HexFormat.of().formatHex(mac(issued, source, host));
    }

    private byte[] mac(String issued, Path source, String host) {
        ByteBuffer address = ByteBuffer.allocate(8).putLong(SourceGrants.key(source));
        return key.mac("puzzle", issued.getBytes(StandardCharsets.US_ASCII), new byte[]{(byte) bits}, address.array(),
                host.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A solution is spent by this. */
    Outcome check(String solution, Path source, String host, long nowEpochSeconds) {
        String[] parts = solution.split("\\.", PARTS + 3);
        if (parts.length != PARTS + 2 || !SALT.matcher(parts[1]).matches())
            return Outcome.WRONG;
        long when = HttpHead.number(parts[0]);
        if (when < 0 || when > nowEpochSeconds + MAX_SKEW_SECONDS)
            return Outcome.WRONG;
        if (nowEpochSeconds - when > LIFETIME_SECONDS)
            return Outcome.OLD;
        String issued = parts[0] + "." + parts[1];
        ByteBuffer block = ByteBuffer.allocate(40).put(mac(issued, source, host));
        MessageDigest sha = sha256();
        for (int i = 0; i < PARTS; i++) {
            long counter = HttpHead.number(parts[i + 2]);
            if (counter < 0 || counter > MAX_COUNTER)
                return Outcome.WRONG;
            block.putInt(32, i).putInt(36, (int) counter);
            byte[] hash = sha.digest(block.array());
            if (Integer.numberOfLeadingZeros(ByteBuffer.wrap(hash).getInt()) < partBits())
                return Outcome.WRONG;
        }
        return spend(Long.parseUnsignedLong(parts[1], 16)) ? Outcome.SOLVED : Outcome.SPENT;
    }

    private synchronized boolean spend(long salt) {
        if (!spent.add(salt))
            return false;
        if (spent.size() > MAX_SPENT) {
            Iterator<Long> oldest = spent.iterator();
            oldest.next();
            oldest.remove();
        }
        return true;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
