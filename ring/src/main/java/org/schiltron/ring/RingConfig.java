package org.schiltron.ring;

import java.util.List;
import org.schiltron.machine.Path;
import org.schiltron.proof.PublicKey;

/**
 * What a ring node is told. Start from {@link #defaults} and change with the {@code with} methods.
 *
 * <p><b>Memory.</b> A customer's slot holds two nonce filters for {@code rememberedRequests} and {@code
 * rememberedFirsts} keys and about {@value #SLOT_BYTES} bytes besides; slots are made when first needed, at most {@code
 * maxCustomers}. With the defaults, and a filter of 4 bytes a key: 64 x (1 MiB + 64 KiB + 16 KB) = 69 MiB at worst.
 *
 * <p>First tier: {@code customers} or {@code enrolFirst}, and {@code own}. The rest has sensible defaults.
 *
 * @param customers               keys that may enrol
 * @param enrolFirst              without a list: the first key that enrols from a loopback address is the only customer
 * @param own                     the addresses this node is reached at; it sends nothing to them
 * @param allowPrivate            whether mailboxes may have private or loopback addresses
 * @param insideSocket            the driver's number of the socket that customers talk to
 * @param outsideSocket           the driver's number of the socket that mailboxes talk to; may be the same
 * @param maxCustomers            processes enrolled at once, 1 to 4,096; when full, none more is enrolled
 * @param maxProcesses            of one key, 1 to {@code maxCustomers}; when full, one silent for 5 s makes room, if any
 * @param requestsPerSecond       images of gets, for each customer, 1 to 10,000,000
 * @param rememberedRequests      images of gets that stand at once, for each customer, 1,024 to 16,777,216
 * @param firstsPerSecond         first-contact nonces, for each customer, 1 to 1,000,000
 * @param pooledFirstsPerSecond   beyond those, of all customers together: an even part for each that takes some, 0 to
 *                                1,000,000
 * @param rememberedFirsts        nonces of posts at once, for each customer, 1,024 to 16,777,216
 * @param bytesPerSecond          in each direction, for each customer, at least 10,000
 * @param cookieRequestsPerSecond of each customer, 1 to 10,000. They may go to any address, so they are few
 * @param cookieRequestsPerAddressPerSecond to one address, by all customers together, 1 to 10,000
 * @param grants                  mailboxes a customer uses at once, 1 to 256; when full, the grant ending first goes
 * @param maxGrantNs              the longest that one cookie allows sending to its mailbox
 * @param idleNs                  a customer silent for so long is forgotten, at least 1 s
 * @param enrolmentsPerSecond     handshakes, about 1.5 ms of processor time each, 1 to 10,000
 * @param enrolmentsPerKeyPerSecond of one key, 1 to 10,000
 */
public record RingConfig(List<PublicKey> customers, boolean enrolFirst, List<Path> own, boolean allowPrivate,
        int insideSocket, int outsideSocket, int maxCustomers, int maxProcesses, int requestsPerSecond,
        int rememberedRequests, int firstsPerSecond, int pooledFirstsPerSecond, int rememberedFirsts,
        long bytesPerSecond,
        int cookieRequestsPerSecond, int cookieRequestsPerAddressPerSecond, int grants, long maxGrantNs, long idleNs,
        int enrolmentsPerSecond, int enrolmentsPerKeyPerSecond) {

    /** Of a slot, beside its filters: grants, quotas, keys, replay windows, rounded up. */
    public static final int SLOT_BYTES = 16_384;
    static final int MAX_CUSTOMERS = 4_096;

    public RingConfig {
        customers = List.copyOf(customers);
        own = own.stream().map(Path::copy).toList();
        if (enrolFirst && !customers.isEmpty())
            throw new IllegalArgumentException("enrolFirst and a list of customers exclude each other");
        check("maxCustomers", maxCustomers, 1, MAX_CUSTOMERS);
        check("maxProcesses", maxProcesses, 1, maxCustomers);
        check("requestsPerSecond", requestsPerSecond, 1, 10_000_000);
        check("rememberedRequests", rememberedRequests, 1_024, 1 << 24);
        check("firstsPerSecond", firstsPerSecond, 1, 1_000_000);
        check("pooledFirstsPerSecond", pooledFirstsPerSecond, 0, 1_000_000);
        check("rememberedFirsts", rememberedFirsts, 1_024, 1 << 24);
        check("bytesPerSecond", bytesPerSecond, 10_000, Long.MAX_VALUE);
        check("cookieRequestsPerSecond", cookieRequestsPerSecond, 1, 10_000);
        check("cookieRequestsPerAddressPerSecond", cookieRequestsPerAddressPerSecond, 1, 10_000);
        check("grants", grants, 1, 256);
        check("maxGrantNs", maxGrantNs, 1_000_000_000L, Long.MAX_VALUE >> 1);
        check("idleNs", idleNs, 1_000_000_000L, Long.MAX_VALUE >> 1);
        check("enrolmentsPerSecond", enrolmentsPerSecond, 1, 10_000);
        check("enrolmentsPerKeyPerSecond", enrolmentsPerKeyPerSecond, 1, 10_000);
    }

    /** Nobody may enrol yet. */
    public static RingConfig defaults() {
        return new RingConfig(List.of(), false, List.of(), false, 0, 0, 64, 8, 50_000, 262_144, 2_000, 0, 16_384,
                125_000_000, 50, 32, 256, 3_600_000_000_000L, 60_000_000_000L, 200, 5);
    }

    public RingConfig withCustomers(List<PublicKey> keys) {
        return new RingConfig(keys, false, own, allowPrivate, insideSocket, outsideSocket, maxCustomers, maxProcesses,
                requestsPerSecond, rememberedRequests, firstsPerSecond, pooledFirstsPerSecond, rememberedFirsts,
                bytesPerSecond,
                cookieRequestsPerSecond, cookieRequestsPerAddressPerSecond, grants, maxGrantNs, idleNs,
                enrolmentsPerSecond, enrolmentsPerKeyPerSecond);
    }

    /** No list: see {@link #enrolFirst}. */
    public RingConfig withEnrolFirst() {
        return new RingConfig(List.of(), true, own, allowPrivate, insideSocket, outsideSocket, maxCustomers,
                maxProcesses, requestsPerSecond, rememberedRequests, firstsPerSecond, pooledFirstsPerSecond,
                rememberedFirsts, bytesPerSecond,
                cookieRequestsPerSecond, cookieRequestsPerAddressPerSecond, grants, maxGrantNs, idleNs,
                enrolmentsPerSecond, enrolmentsPerKeyPerSecond);
    }

    public RingConfig withOwn(List<Path> addresses) {
        return new RingConfig(customers, enrolFirst, addresses, allowPrivate, insideSocket, outsideSocket, maxCustomers,
                maxProcesses, requestsPerSecond, rememberedRequests, firstsPerSecond, pooledFirstsPerSecond,
                rememberedFirsts, bytesPerSecond,
                cookieRequestsPerSecond, cookieRequestsPerAddressPerSecond, grants, maxGrantNs, idleNs,
                enrolmentsPerSecond, enrolmentsPerKeyPerSecond);
    }

    public RingConfig withAllowPrivate(boolean allow) {
        return new RingConfig(customers, enrolFirst, own, allow, insideSocket, outsideSocket, maxCustomers,
                maxProcesses, requestsPerSecond, rememberedRequests, firstsPerSecond, pooledFirstsPerSecond,
                rememberedFirsts, bytesPerSecond,
                cookieRequestsPerSecond, cookieRequestsPerAddressPerSecond, grants, maxGrantNs, idleNs,
                enrolmentsPerSecond, enrolmentsPerKeyPerSecond);
    }

    public RingConfig withSockets(int inside, int outside) {
        return new RingConfig(customers, enrolFirst, own, allowPrivate, inside, outside, maxCustomers, maxProcesses,
                requestsPerSecond, rememberedRequests, firstsPerSecond, pooledFirstsPerSecond, rememberedFirsts,
                bytesPerSecond,
                cookieRequestsPerSecond, cookieRequestsPerAddressPerSecond, grants, maxGrantNs, idleNs,
                enrolmentsPerSecond, enrolmentsPerKeyPerSecond);
    }

    public RingConfig withMaxCustomers(int processes, int processesOfOneKey) {
        return new RingConfig(customers, enrolFirst, own, allowPrivate, insideSocket, outsideSocket, processes,
                processesOfOneKey, requestsPerSecond, rememberedRequests, firstsPerSecond, pooledFirstsPerSecond,
                rememberedFirsts,
                bytesPerSecond, cookieRequestsPerSecond, cookieRequestsPerAddressPerSecond, grants, maxGrantNs, idleNs,
                enrolmentsPerSecond, enrolmentsPerKeyPerSecond);
    }

    public RingConfig withQuota(int imagesPerSecond, int nextRememberedRequests, int nextFirstsPerSecond,
            long nextBytesPerSecond) {
        return new RingConfig(customers, enrolFirst, own, allowPrivate, insideSocket, outsideSocket, maxCustomers,
                maxProcesses, imagesPerSecond, nextRememberedRequests, nextFirstsPerSecond, pooledFirstsPerSecond,
                rememberedFirsts,
                nextBytesPerSecond, cookieRequestsPerSecond, cookieRequestsPerAddressPerSecond, grants, maxGrantNs,
                idleNs, enrolmentsPerSecond, enrolmentsPerKeyPerSecond);
    }

    public RingConfig withPooledFirsts(int perSecond) {
        return new RingConfig(customers, enrolFirst, own, allowPrivate, insideSocket, outsideSocket, maxCustomers,
                maxProcesses, requestsPerSecond, rememberedRequests, firstsPerSecond, perSecond, rememberedFirsts,
                bytesPerSecond, cookieRequestsPerSecond, cookieRequestsPerAddressPerSecond, grants, maxGrantNs, idleNs,
                enrolmentsPerSecond, enrolmentsPerKeyPerSecond);
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most)
            throw new IllegalArgumentException(name + ": " + value + " is not in " + least + " to " + most);
    }
}
