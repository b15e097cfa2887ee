package org.schiltron.swarm;

import org.jspecify.annotations.Nullable;
import org.schiltron.proof.Delegation;
import org.schiltron.proof.Identity;
import org.schiltron.wire.Hello;

/**
 * A service's door.
 *
 * @param contactsPerSecond   first-contact nonces posted a second, over all mailboxes; 0: the door is shut
 * @param handshakesPerSecond hellos opened a second at most: what the processor spends
 * @param kinds               proofs taken when nonces run short: bit k for kind k of {@link Hello}
 * @param tokenSharePercent   of the nonces that tokens may take before others, 0 to 100
 * @param delegate            signs the posts in the service's stead, so that its key can stay away; or null
 */
public record DoorConfig(int contactsPerSecond, int handshakesPerSecond, int kinds, int tokenSharePercent,
        @Nullable Delegate delegate) {
    /** A key, and what makes it the service's for posts. */
    public record Delegate(Identity key, Delegation delegation) {
    }

    public static final int ALL_KINDS = 1 << Hello.HASH | 1 << Hello.EQUIX | 1 << Hello.TOKEN;
    public static final int MAX_CONTACTS_PER_SECOND = 10_000;

    /** 100 first contacts and 200 handshakes a second, any proof, 80 % for tokens. */
    public static final DoorConfig DEFAULT = new DoorConfig(100, 200, ALL_KINDS, 80, null);

    public DoorConfig {
        if (contactsPerSecond < 0 || contactsPerSecond > MAX_CONTACTS_PER_SECOND)
            throw new IllegalArgumentException("first contacts a second: 0 to 10,000");
        if (handshakesPerSecond < 1)
            throw new IllegalArgumentException("handshakes a second: at least 1");
        if (tokenSharePercent < 0 || tokenSharePercent > 100)
            throw new IllegalArgumentException("share of tokens: 0 to 100 percent");
    }

    public DoorConfig withContactsPerSecond(int contacts) {
        return new DoorConfig(contacts, handshakesPerSecond, kinds, tokenSharePercent, delegate);
    }

    public DoorConfig withKinds(int taken) {
        return new DoorConfig(contactsPerSecond, handshakesPerSecond, taken, tokenSharePercent, delegate);
    }
}
