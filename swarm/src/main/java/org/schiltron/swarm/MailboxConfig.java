package org.schiltron.swarm;

/**
 * What a mailbox, or one shard of one, may use. Every bound is fixed from the start; {@link #memoryBytes} is what they
 * add up to.
 *
 * @param linkBytesPerSecond              what the link to the world carries, 10,000 to 20,000,000,000
 * @param storeSeconds                    how many seconds of the link the store for packets holds, 0.01 to 60
 * @param putLifetimeMs                   how long a packet waits for its get, 10 to 262,140
 * @param maxGets                         gets that may wait, 64 to 16,777,216; past it {@link FairShare} says whose oldest
 *                                        goes
 * @param maxGetLifetimeMs                longest wait of a get or first-contact get, 10 to 262,140; longer wishes are cut
 * @param addressShare                    of gets and of stored bytes one address may hold, above 0 to 1; past it its own
 *                                        oldest go
 * @param prefixShare                     of gets and of stored bytes one prefix (IPv4 /24, IPv6 /48) may hold, above 0 to
 *                                        1; past it the oldest of its heaviest address go
 * @param unprovedShare                   of stored bytes for all senders without a cookie together, 0 to 0.5
 * @param egressBytesPerSecondPerAddress  what one proved address may be sent, 1,000 to 20,000,000,000
 * @param egressBurstMs                   what it may be sent at once, in milliseconds of that rate, 1 to 10,000
 * @param congestedShare                  of {@code linkBytesPerSecond} from which data is marked as congested, above 0
 * @param maxOwners                       proved addresses told apart, 64 to 1,048,576; past it newcomers share
 *                                        {@value Owners#CROWDS} places
 * @param maxServices                     services that may leave first-contact gets, 1 to 65,536; past it newcomers are
 *                                        refused
 * @param postsPerService                 first-contact gets of one service, 1 to 4,096; past it its own oldest go
 * @param servicesPerAddress              services that one address may register, at least 1
 * @param servicesPerPrefix               services that one prefix may register, at least 1
 * @param hellosPerSecondPerAddress       hellos taken from one client address, 1 to 1,000,000
 * @param helloBurst                      hellos taken from it at once, 1 to 10,000
 * @param cookieEpochSeconds              half of how long a cookie is good for at most, 2 to 30,000
 * @param shards                          told to peers; this object describes one shard, 1 to 255
 * @param contacts                        of first contacts
 */
public record MailboxConfig(long linkBytesPerSecond, double storeSeconds, int putLifetimeMs, int maxGets,
        int maxGetLifetimeMs, double addressShare, double prefixShare, double unprovedShare,
        long egressBytesPerSecondPerAddress, int egressBurstMs, double congestedShare, int maxOwners, int maxServices,
        int postsPerService, int servicesPerAddress, int servicesPerPrefix, int hellosPerSecondPerAddress,
        int helloBurst, int cookieEpochSeconds, int shards, ContactConfig contacts) {
    /** What lifetimes on the wire can say: 65,535 units of 4 ms. */
    private static final int WIRE_MAX_LIFETIME_MS = 262_140;
    private static final long MAX_STORE_BLOCKS = (1 << 26) - 1;

    public MailboxConfig {
        inRange("linkBytesPerSecond", linkBytesPerSecond, 10_000, 20_000_000_000L);
        inRange("storeSeconds", storeSeconds, 0.01, 60);
        inRange("putLifetimeMs", putLifetimeMs, 10, WIRE_MAX_LIFETIME_MS);
        inRange("maxGets", maxGets, 64, 1 << 24);
        inRange("maxGetLifetimeMs", maxGetLifetimeMs, 10, WIRE_MAX_LIFETIME_MS);
        inRange("addressShare", addressShare, Double.MIN_VALUE, 1);
        inRange("prefixShare", prefixShare, addressShare, 1);
        inRange("unprovedShare", unprovedShare, 0, 0.5);
        inRange("egressBytesPerSecondPerAddress", egressBytesPerSecondPerAddress, 1_000, 20_000_000_000L);
        inRange("egressBurstMs", egressBurstMs, 1, 10_000);
        inRange("congestedShare", congestedShare, Double.MIN_VALUE, 1_000);
        inRange("maxOwners", maxOwners, 64, 1 << 20);
        inRange("maxServices", maxServices, 1, 1 << 16);
        inRange("postsPerService", postsPerService, 1, 4_096);
        inRange("servicesPerAddress", servicesPerAddress, 1, Integer.MAX_VALUE);
        inRange("servicesPerPrefix", servicesPerPrefix, servicesPerAddress, Integer.MAX_VALUE);
        inRange("hellosPerSecondPerAddress", hellosPerSecondPerAddress, 1, 1_000_000);
        inRange("helloBurst", helloBurst, 1, 10_000);
        inRange("cookieEpochSeconds", cookieEpochSeconds, 2, 30_000);
        inRange("shards", shards, 1, 255);
        if (blocks(linkBytesPerSecond, storeSeconds) > MAX_STORE_BLOCKS)
            throw new IllegalArgumentException("linkBytesPerSecond x storeSeconds is more than "
                    + MAX_STORE_BLOCKS * PutStore.BLOCK + " bytes: lower storeSeconds");
    }

    static void inRange(String name, long value, long least, long most) {
        if (value < least || value > most)
            throw new IllegalArgumentException(name + ": " + value + " is not within " + least + " to " + most);
    }

    static void inRange(String name, double value, double least, double most) {
        if (!(value >= least && value <= most))
            throw new IllegalArgumentException(name + ": " + value + " is not within " + least + " to " + most);
    }

    /** The defaults for a link of so many bytes per second. */
    public static MailboxConfig ofLink(long linkBytesPerSecond) {
        return builder(linkBytesPerSecond).build();
    }

    /** Starts from the defaults for a link of so many bytes per second. */
    public static Builder builder(long linkBytesPerSecond) {
        return new Builder(linkBytesPerSecond);
    }

    /**
     * The worst case, reached at the start and never passed: what the tables and the store hold, in bytes. The objects
     * around them add less than 64 KiB.
     */
    public long memoryBytes() {
        return Owners.bytes(this) + GetTable.bytes(this) + PutStore.bytes(this) + FirstContacts.bytes(this)
                + HelloQueue.bytes(contacts, maxServices);
    }

    int storeBlocks() {
        return (int) blocks(linkBytesPerSecond, storeSeconds);
    }

    private static long blocks(long linkBytesPerSecond, double storeSeconds) {
        return Math.max(64, (long) (linkBytesPerSecond * storeSeconds) / PutStore.BLOCK);
    }

    /** Collects what differs from the defaults; the components of {@link MailboxConfig} say what each means. */
    public static final class Builder {
        private final long linkBytesPerSecond;
        private double storeSeconds = 2;
        private int putLifetimeMs = 4_000;
        private int maxGets;
        private int maxGetLifetimeMs = 60_000;
        private double addressShare = 0.25;
        private double prefixShare = 0.5;
        private double unprovedShare = 1 / 16.0;
        private long egressBytesPerSecondPerAddress;
        private int egressBurstMs = 250;
        private double congestedShare = 0.9;
        private int maxOwners = 16_384;
        private int maxServices = 1_024;
        private int postsPerService = 256;
        private int servicesPerAddress = 64;
        private int servicesPerPrefix = 128;
        private int hellosPerSecondPerAddress = 10;
        private int helloBurst = 20;
        private int cookieEpochSeconds = 120;
        private int shards = 1;
        private ContactConfig contacts = ContactConfig.DEFAULT;

        private Builder(long linkBytesPerSecond) {
            this.linkBytesPerSecond = linkBytesPerSecond;
            // Ten seconds of packets of 1,000 bytes each way.
            maxGets = Math.clamp(linkBytesPerSecond / 100, 16_384, 4_194_304);
            egressBytesPerSecondPerAddress = Math.max(1_000, linkBytesPerSecond / 2);
        }

        public Builder storeSeconds(double value) {
            storeSeconds = value;
            return this;
        }

        public Builder putLifetimeMs(int value) {
            putLifetimeMs = value;
            return this;
        }

        public Builder maxGets(int value) {
            maxGets = value;
            return this;
        }

        public Builder maxGetLifetimeMs(int value) {
            maxGetLifetimeMs = value;
            return this;
        }

        public Builder addressShare(double value) {
            addressShare = value;
            return this;
        }

        public Builder prefixShare(double value) {
            prefixShare = value;
            return this;
        }

        public Builder unprovedShare(double value) {
            unprovedShare = value;
            return this;
        }

        public Builder egressBytesPerSecondPerAddress(long value) {
            egressBytesPerSecondPerAddress = value;
            return this;
        }

        public Builder egressBurstMs(int value) {
            egressBurstMs = value;
            return this;
        }

        public Builder congestedShare(double value) {
            congestedShare = value;
            return this;
        }

        public Builder maxOwners(int value) {
            maxOwners = value;
            return this;
        }

        public Builder maxServices(int value) {
            maxServices = value;
            return this;
        }

        public Builder postsPerService(int value) {
            postsPerService = value;
            return this;
        }

        public Builder servicesPerAddress(int value) {
            servicesPerAddress = value;
            return this;
        }

        public Builder servicesPerPrefix(int value) {
            servicesPerPrefix = value;
            return this;
        }

        public Builder hellosPerSecondPerAddress(int value) {
            hellosPerSecondPerAddress = value;
            return this;
        }

        public Builder helloBurst(int value) {
            helloBurst = value;
            return this;
        }

        public Builder cookieEpochSeconds(int value) {
            cookieEpochSeconds = value;
            return this;
        }

        public Builder contacts(ContactConfig value) {
            contacts = value;
            return this;
        }

        public Builder shards(int value) {
            shards = value;
            return this;
        }

        /** @throws IllegalArgumentException naming what is out of its bounds */
        public MailboxConfig build() {
            return new MailboxConfig(linkBytesPerSecond, storeSeconds, putLifetimeMs, maxGets, maxGetLifetimeMs,
                    addressShare, prefixShare, unprovedShare, egressBytesPerSecondPerAddress, egressBurstMs,
                    congestedShare, maxOwners, maxServices, postsPerService, servicesPerAddress, servicesPerPrefix,
                    hellosPerSecondPerAddress, helloBurst, cookieEpochSeconds, shards, contacts);
        }
    }
}
