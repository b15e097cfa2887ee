package org.schiltron.swarm;

import org.schiltron.wire.Hello;

/**
 * A service's door.
 *
 * @param contactsPerSecond   first-contact nonces posted a second, over all mailboxes; 0: the door is shut
 * @param pooledPerSecond     so many more while the door is crowded, as far as the ring nodes' pools give them
 * @param handshakesPerSecond hellos opened a second at most: what the processor spends
 * @param kinds               proofs taken when nonces run short: bit k for kind k of {@link Hello}
 * @param tokenSharePercent   of the nonces that tokens may take before others, 0 to 100
 */
public record DoorConfig(int contactsPerSecond, int pooledPerSecond, int handshakesPerSecond, int kinds,
        int tokenSharePercent) {
    public static final int ALL_KINDS = 1 << Hello.HASH | 1 << Hello.EQUIX | 1 << Hello.TOKEN;
    public static final int MAX_CONTACTS_PER_SECOND = 10_000;

    /** 100 first contacts and 200 handshakes a second, any proof, 80 % for tokens. */
    public static final DoorConfig DEFAULT = new DoorConfig(100, 200, ALL_KINDS, 80);

    public DoorConfig {
        if (contactsPerSecond < 0 || contactsPerSecond > MAX_CONTACTS_PER_SECOND)
            throw new IllegalArgumentException("first contacts a second: 0 to 10,000");
        if (pooledPerSecond < 0 || pooledPerSecond > MAX_CONTACTS_PER_SECOND)
            throw new IllegalArgumentException("pooled first contacts a second: 0 to 10,000");
        if (handshakesPerSecond < 1)
            throw new IllegalArgumentException("handshakes a second: at least 1");
        if (tokenSharePercent < 0 || tokenSharePercent > 100)
            throw new IllegalArgumentException("share of tokens: 0 to 100 percent");
    }

    /** Stands alone. */
    public DoorConfig(int contactsPerSecond, int handshakesPerSecond, int kinds, int tokenSharePercent) {
        this(contactsPerSecond, 0, handshakesPerSecond, kinds, tokenSharePercent);
    }

    public DoorConfig withPooledPerSecond(int pooled) {
        return new DoorConfig(contactsPerSecond, pooled, handshakesPerSecond, kinds, tokenSharePercent);
    }

    public DoorConfig withContactsPerSecond(int contacts) {
        return new DoorConfig(contacts, pooledPerSecond, handshakesPerSecond, kinds, tokenSharePercent);
    }

    public DoorConfig withKinds(int taken) {
        return new DoorConfig(contactsPerSecond, pooledPerSecond, handshakesPerSecond, taken, tokenSharePercent);
    }
}
