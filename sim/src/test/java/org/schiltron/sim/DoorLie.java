package org.schiltron.sim;

import java.lang.foreign.MemorySegment;
import org.schiltron.machine.Path;
import org.schiltron.machine.SeededRandom;
import org.schiltron.wire.First;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Post;
import org.schiltron.wire.Wire;

/** How a mailbox lies at the door: by a tap on its own links. */
enum DoorLie {
    /** Swallows hellos. */
    SWALLOW,
    /** Passes hellos on seconds late. */
    DELAY,
    /** Passes each hello on twice, and again later. */
    REPLAY,
    /** Tells clients to work on challenges that are nobody's. */
    STALE,
    /** Tells clients to work on a challenge that another mailbox gave to somebody else. */
    FOREIGN,
    /** Keeps the service's first-contact nonces, and uses them for nonsense of its own. */
    FRIENDS;

    /** The last challenge that an honest mailbox gave. */
    static final class Overheard {
        private byte[] challenge = new byte[16];
    }

    void play(Simulation simulation, Node<?, ?> mailbox, Path service, Overheard overheard) {
        SeededRandom random = simulation.random("lie of " + mailbox.name());
        mailbox.downlink().tap((nowNs, datagram) -> switch (datagram.at(0)) {
            case Wire.HELLO -> switch (this) {
                case SWALLOW -> Tap.DROP;
                case DELAY -> 1 + random.nextLong(4_000_000_000L);
                case REPLAY -> {
                    byte[] again = datagram.bytes();
                    Path from = datagram.source().copy();
                    Path to = datagram.destination().copy();
                    simulation.after(random.nextLong(20_000_000_000L),
                            () -> mailbox.downlink().inject(from, to, again));
                    yield Tap.PASS;
                }
                default -> Tap.PASS;
            };
            case Wire.POST -> {
                if (this != FRIENDS)
                    yield Tap.PASS;
                MemorySegment s = datagram.segment();
                for (int i = 0; i < Post.count(s, datagram.offset()); i++) {
                    byte[] first = new byte[First.CONTENT + 4 + 150];
                    MemorySegment out = MemorySegment.ofArray(first);
                    First.write(out, 0, 0, Wire.tag(s, datagram.offset()),
                            Post.nonceHigh(s, datagram.offset(), i), Post.nonceLow(s, datagram.offset(), i));
                    Hello.writeContent(out, First.CONTENT, Hello.BARE, random.bytes(150));
                    simulation.send(mailbox, mailbox.address(), service, first);
                }
                yield Tap.DROP;
            }
            default -> Tap.PASS;
        });
        mailbox.uplink().tap((nowNs, datagram) -> {
            if (datagram.at(0) == Wire.CHALLENGE && (this == STALE || this == FOREIGN)) {
                byte[] other = this == STALE ? random.bytes(16) : overheard.challenge;
                Wire.putBytes(datagram.segment(), datagram.offset() + 24, other);
            }
            return Tap.PASS;
        });
    }

    static void overhear(Node<?, ?> mailbox, Overheard overheard) {
        mailbox.uplink().tap((nowNs, datagram) -> {
            if (datagram.at(0) == Wire.CHALLENGE)
                overheard.challenge = Wire.getBytes(datagram.segment(), datagram.offset() + 24, 16);
            return Tap.PASS;
        });
    }
}
