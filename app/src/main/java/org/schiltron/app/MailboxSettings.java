package org.schiltron.app;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.schiltron.app.Setting.Tier;
import org.schiltron.host.MonotonicClock;
import org.schiltron.proof.PublicKey;
import org.schiltron.swarm.ContactConfig;
import org.schiltron.swarm.MailboxConfig;

/** The settings of a mailbox. */
final class MailboxSettings {
    static final Setting LISTEN = new Setting(Tier.FIRST, "listen", Setting.Kind.ADDRESSES, "0.0.0.0:4500", 1, 16,
            "UDP addresses to serve; `[::]:4500` takes IPv4 as well");
    static final Setting LINK = Setting.whole(Tier.FIRST, "link-mbit-per-second", 1_000, 1, 100_000,
            "what the link to the world carries; memory follows from it");

    static final Setting ANNOUNCE = Setting.flag(Tier.FIRST, "announce", false,
            "print a signed descriptor, for whoever keeps a swarm list; needs `key`");
    static final Setting KEY = Setting.text(Tier.FIRST, "key", "", 4_096,
            "secret key file that signs the descriptor");
    static final Setting PUBLIC_ADDRESS = Setting.addresses(Tier.FIRST, "public-address", 16,
            "where the world reaches this mailbox, for the descriptor; without it where it listens");
    static final Setting OPERATOR = Setting.whole(Tier.FIRST, "operator", 0, 0, 65_535,
            "the number by which the keeper of the list knows you; 0: none");

    static final Setting SHARDS = Setting.whole(Tier.TUNE, "shards", 1, 1, 64,
            "cores to use, each with its part of link and memory; native driver");
    static final Setting STORE = Setting.whole(Tier.TUNE, "store-ms", 250, 10, 60_000,
            "how much of the link the store for packets holds");
    static final Setting MAX_GETS = Setting.whole(Tier.TUNE, "max-gets", 0, 0, 1 << 24,
            "gets that may wait, at least 64; 0: ten seconds of 1,000-byte packets, 16,384 to 4,194,304");
    static final Setting EGRESS = Setting.whole(Tier.TUNE, "egress-mbit-per-second-per-address", 0, 0, 100_000,
            "cap on what one proved address is sent; 0: half the link");
    static final Setting MAX_OWNERS = Setting.whole(Tier.TUNE, "max-owners", 16_384, 64, 1 << 20,
            "proved addresses told apart; past it newcomers share places");

    static final Setting PUT_LIFETIME = Setting.whole(Tier.RARE, "put-lifetime-ms", 4_000, 10, 262_140,
            "how long a packet waits for its get");
    static final Setting GET_LIFETIME = Setting.whole(Tier.RARE, "max-get-lifetime-ms", 60_000, 10, 262_140,
            "how long a get may wait; longer wishes are cut");
    static final Setting ADDRESS_SHARE = Setting.whole(Tier.RARE, "address-share-percent", 25, 1, 100,
            "of gets and store, for one address");
    static final Setting PREFIX_SHARE = Setting.whole(Tier.RARE, "prefix-share-percent", 50, 1, 100,
            "of gets and store, for one IPv4 /24 or IPv6 /48; not below the address's share");
    static final Setting UNPROVED_SHARE = Setting.whole(Tier.RARE, "unproved-share-percent", 6, 0, 50,
            "of the store, for all senders without a cookie together");
    static final Setting EGRESS_BURST = Setting.whole(Tier.RARE, "egress-burst-ms", 250, 1, 10_000,
            "of the egress cap, sent at once");
    static final Setting CONGESTED = Setting.whole(Tier.RARE, "congested-percent", 90, 1, 1_000,
            "of the link, from which data is marked as congested");
    static final Setting MAX_SERVICES = Setting.whole(Tier.RARE, "max-services", 1_024, 1, 65_536,
            "services that may leave first-contact gets; newcomers past it are refused");
    static final Setting POSTS = Setting.whole(Tier.RARE, "posts-per-service", 256, 1, 4_096,
            "first-contact gets of one service; past it its oldest go");
    static final Setting SERVICES_ADDRESS = Setting.whole(Tier.RARE, "services-per-address", 64, 1, 65_536,
            "services one address may register");
    static final Setting SERVICES_PREFIX = Setting.whole(Tier.RARE, "services-per-prefix", 128, 1, 65_536,
            "services one prefix may register; not below those of an address");
    static final Setting HELLOS = Setting.whole(Tier.RARE, "hellos-per-second-per-address", 10, 1, 1_000_000,
            "hellos taken from one client address");
    static final Setting HELLO_BURST = Setting.whole(Tier.RARE, "hello-burst", 20, 1, 10_000,
            "hellos taken from it at once");
    static final Setting ANNOUNCE_DAYS = Setting.whole(Tier.RARE, "announce-days", 30, 1, 3_660,
            "how long the descriptor holds");
    static final Setting COOKIE_EPOCH = Setting.whole(Tier.RARE, "cookie-epoch-seconds", 120, 2, 30_000,
            "half of how long a cookie is good for");

    static final Setting QUEUE = Setting.whole(Tier.RARE, "hello-queue", 1_024, 16, 65_536,
            "hellos that may wait for a first-contact get; past it who worked least goes");
    static final Setting CHALLENGE = Setting.whole(Tier.RARE, "challenge-epoch-seconds", 30, 2, 3_600,
            "half of how long a challenge is good for, and so of how long work can be hoarded");
    static final Setting REGISTRATION = Setting.whole(Tier.RARE, "registration-bits", 10, 0,
            ContactConfig.MAX_REGISTRATION_BITS, "effort of the puzzle that a new service solves");
    static final Setting CHECKS = Setting.whole(Tier.RARE, "checks-per-second", 250, 8, 1_000_000,
            "signatures and memory-bound puzzles checked for first contacts; 250 are about a fifth of a core");
    static final Setting SERVICES = Setting.texts(Tier.FIRST, "service", 4_096,
            "public keys of the services taken; without any, all");

    static final List<Setting> ALL = Stream.concat(
            Stream.of(LISTEN, LINK, ANNOUNCE, KEY, PUBLIC_ADDRESS, OPERATOR, ANNOUNCE_DAYS, SHARDS, STORE, MAX_GETS,
                    EGRESS, MAX_OWNERS, PUT_LIFETIME, GET_LIFETIME,
                    ADDRESS_SHARE,
                    PREFIX_SHARE, UNPROVED_SHARE, EGRESS_BURST, CONGESTED, MAX_SERVICES, POSTS, SERVICES_ADDRESS,
                    SERVICES_PREFIX, HELLOS, HELLO_BURST, COOKIE_EPOCH, QUEUE, CHALLENGE, REGISTRATION, CHECKS,
                    SERVICES),
            UdpSettings.ALL.stream()).toList();

    private MailboxSettings() {
    }

    /** Of each shard. */
    static MailboxConfig config(Settings settings) {
        if (settings.whole(MAX_GETS) > 0 && settings.whole(MAX_GETS) < 64)
            throw settings.wrong(MAX_GETS, settings.whole(MAX_GETS) + " is less than 64");
        ordered(settings, ADDRESS_SHARE, PREFIX_SHARE);
        ordered(settings, SERVICES_ADDRESS, SERVICES_PREFIX);
        long link = settings.whole(LINK) * 125_000 / settings.whole(SHARDS);
        MailboxConfig.Builder builder = MailboxConfig.builder(link).storeSeconds(settings.whole(STORE) / 1_000.0)
                .putLifetimeMs(settings.integer(PUT_LIFETIME)).maxGetLifetimeMs(settings.integer(GET_LIFETIME))
                .addressShare(share(settings, ADDRESS_SHARE)).prefixShare(share(settings, PREFIX_SHARE))
                .unprovedShare(share(settings, UNPROVED_SHARE)).egressBurstMs(settings.integer(EGRESS_BURST))
                .congestedShare(share(settings, CONGESTED)).maxOwners(settings.integer(MAX_OWNERS))
                .maxServices(settings.integer(MAX_SERVICES)).postsPerService(settings.integer(POSTS))
                .servicesPerAddress(settings.integer(SERVICES_ADDRESS))
                .servicesPerPrefix(settings.integer(SERVICES_PREFIX))
                .hellosPerSecondPerAddress(settings.integer(HELLOS)).helloBurst(settings.integer(HELLO_BURST))
                .cookieEpochSeconds(settings.integer(COOKIE_EPOCH)).shards(settings.integer(SHARDS))
                .contacts(contacts(settings));
        if (settings.whole(MAX_GETS) > 0)
            builder.maxGets(settings.integer(MAX_GETS));
        if (settings.whole(EGRESS) > 0)
            builder.egressBytesPerSecondPerAddress(settings.whole(EGRESS) * 125_000);
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            // Bounds of one setting are checked before; what is left is that the store is too large.
            throw settings.wrong(STORE, String.valueOf(e.getMessage()));
        }
    }

    private static ContactConfig contacts(Settings settings) {
        List<Long> services = new ArrayList<>();
        List<String> keys = settings.texts(SERVICES);
        for (int i = 0; i < keys.size(); i++) {
            try {
                services.add(PublicKey.parse(keys.get(i)).idHigh());
            } catch (IllegalArgumentException e) {
                throw settings.wrong(SERVICES, i, String.valueOf(e.getMessage()));
            }
        }
        ContactConfig usual = ContactConfig.DEFAULT;
        return new ContactConfig(settings.integer(QUEUE), usual.waitMs(), usual.spent(), settings.integer(CHALLENGE),
                settings.integer(REGISTRATION), settings.integer(CHECKS), usual.tokensPerMinute(),
                MonotonicClock.unixSecondsAtZero(), services);
    }

    private static void ordered(Settings settings, Setting least, Setting setting) {
        if (settings.whole(setting) < settings.whole(least))
            throw settings.wrong(setting, settings.whole(setting) + " is less than " + least.key() + ", "
                    + settings.whole(least));
    }

    private static double share(Settings settings, Setting percent) {
        return settings.whole(percent) / 100.0;
    }
}
