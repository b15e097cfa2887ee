package org.schiltron.swarm;

import java.util.List;

/**
 * What a mailbox does for first contacts.
 *
 * @param queue              hellos that may wait for a first-contact get, 16 to 65,536; past it who did least goes
 * @param waitMs             how long one waits, 100 to 60,000
 * @param spent              answered challenges remembered, 64 to 1,048,576: at least what is answered in two epochs
 * @param challengeSeconds   half of how long a challenge is good for at most, 2 to 3,600
 * @param registrationBits   effort of the puzzle that a new poster solves, 0 to {@value #MAX_REGISTRATION_BITS}
 * @param checksPerSecond    signatures and memory-bound puzzles checked a second, at least 8: half for posts of known
 *                           posters, an eighth for those of new ones, the rest for clients
 * @param tokensPerMinute    connections a minute with one token that says nothing of it, 1 to 65,535
 * @param unixSecondsAtZero  seconds since 1970 when the machine's clock stood at 0, for what carries a date
 * @param services           first halves of the ids of the services taken; empty for any
 */
public record ContactConfig(int queue, int waitMs, int spent, int challengeSeconds, int registrationBits,
        int checksPerSecond, int tokensPerMinute, long unixSecondsAtZero, List<Long> services) {
    /** Services solve it at once; what asks for more is left out. */
    public static final int MAX_REGISTRATION_BITS = 12;

    /** One signature takes the JDK 0.75 ms or so: 250 a second are a fifth of a core. */
    public static final ContactConfig DEFAULT = new ContactConfig(1_024, 10_000, 16_384, 30, 10, 250, 30, 0, List.of());

    public ContactConfig {
        MailboxConfig.inRange("queue", queue, 16, 1 << 16);
        MailboxConfig.inRange("waitMs", waitMs, 100, 60_000);
        MailboxConfig.inRange("spent", spent, 64, 1 << 20);
        MailboxConfig.inRange("challengeSeconds", challengeSeconds, 2, 3_600);
        MailboxConfig.inRange("registrationBits", registrationBits, 0, MAX_REGISTRATION_BITS);
        MailboxConfig.inRange("checksPerSecond", checksPerSecond, 8, 1_000_000);
        MailboxConfig.inRange("tokensPerMinute", tokensPerMinute, 1, 65_535);
        services = List.copyOf(services);
    }

    public ContactConfig withUnixSecondsAtZero(long seconds) {
        return new ContactConfig(queue, waitMs, spent, challengeSeconds, registrationBits, checksPerSecond,
                tokensPerMinute, seconds, services);
    }

    public ContactConfig withChecksPerSecond(int checks) {
        return new ContactConfig(queue, waitMs, spent, challengeSeconds, registrationBits, checks, tokensPerMinute,
                unixSecondsAtZero, services);
    }

    public ContactConfig withServices(List<Long> only) {
        return new ContactConfig(queue, waitMs, spent, challengeSeconds, registrationBits, checksPerSecond,
                tokensPerMinute, unixSecondsAtZero, only);
    }
}
