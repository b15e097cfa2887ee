package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.swarm.Mailbox;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.First;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/** A contact mailbox that works against those who knock there. Cookies it gives honestly and at once, so that it is used. */
public final class DoorLiar extends HoldingMailbox {
    /** What it does. */
    public enum Lie {
        /** Gives cookies, and nothing else. */
        DROP,
        /** Does everything 3 s late, but for cookies. */
        DELAY,
        /** Takes hellos and says nothing; relays for sessions. */
        SWALLOW,
        /** Answers hellos with challenges that are nobody's, good for ever, and the news that the hello waits. */
        FOREIGN,
        /** Answers hellos with challenges that are over at once. */
        STALE,
        /** Uses the nonces for hellos of its friends, and gives honest challenges to others. */
        FRIENDS
    }

    private static final long LATE_NS = 3_000_000_000L;
    private static final int FRIENDS_HELLO = 200;

    private final Lie lie;
    private final RandomSource random;

    public DoorLiar(Mailbox mailbox, Lie lie, RandomSource random) {
        super(mailbox);
        this.lie = lie;
        this.random = random;
    }

    @Override
    public void onDatagram(long now, Path path, MemorySegment s, long at, int length) {
        passed(now);
        int type = Wire.checkHeader(s, at, length) == null ? Wire.type(s, at) : 0;
        boolean hello = type == Wire.HELLO && Hello.wellFormed(s, at, length);
        if (hello && lie == Lie.SWALLOW)
            return;
        if (hello && (lie == Lie.FOREIGN || lie == Lie.STALE || lie == Lie.FRIENDS)) {
            challenge(path, s, at);
            return;
        }
        if (type == Wire.POST && lie == Lie.FRIENDS && Post.wellFormed(s, at, length))
            spend(path, s, at);
        super.onDatagram(now, path, s, at, length);
    }

    private void challenge(Path path, MemorySegment hello, long at) {
        byte[] bytes = new byte[Challenge.LENGTH];
        MemorySegment out = MemorySegment.ofArray(bytes);
        boolean stale = lie == Lie.STALE;
        Challenge.write(out, 0, Wire.tag(hello, at), Hello.serviceHigh(hello, at), Hello.serviceLow(hello, at),
                random.nextLong(), random.nextLong(), stale ? 2 : lie == Lie.FOREIGN ? 65_535 : 60, 0xff,
                stale ? Challenge.STALE : Challenge.QUEUED, stale ? 60 : 1, stale ? 30 : 0);
        hold(0, path, bytes);
    }

    /** A hello of a friend for every nonce. */
    private void spend(Path service, MemorySegment s, long at) {
        for (int i = 0; i < Post.count(s, at); i++) {
            byte[] bytes = new byte[First.CONTENT + 4 + FRIENDS_HELLO];
            MemorySegment out = MemorySegment.ofArray(bytes);
            First.write(out, 0, 0, Wire.tag(s, at), Post.nonceHigh(s, at, i), Post.nonceLow(s, at, i));
            Hello.writeContent(out, First.CONTENT, Hello.BARE, random.bytes(FRIENDS_HELLO));
            hold(0, service, bytes);
        }
    }

    @Override
    void deliver(Path to, byte[] bytes) {
        if (bytes[0] == Wire.COOKIE)
            hold(0, to, bytes);
        else if (lie != Lie.DROP)
            hold(lie == Lie.DELAY ? LATE_NS : 0, to, bytes);
    }
}
