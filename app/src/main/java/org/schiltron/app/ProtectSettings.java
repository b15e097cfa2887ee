package org.schiltron.app;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.schiltron.app.Setting.Tier;
import org.schiltron.host.Addresses;
import org.schiltron.proof.PublicKey;
import org.schiltron.swarm.ClientLimits;
import org.schiltron.swarm.DoorConfig;
import org.schiltron.swarm.ServiceConfig;
import org.schiltron.wire.Hello;

/** The settings of a service's end. */
final class ProtectSettings {
    static final Setting BACKEND = Setting.texts(Tier.FIRST, "backend", 64,
            "what to protect: `[name=][tcp://|udp://]host:port`; on the command line without `--backend`");
    static final Setting KEY = Setting.text(Tier.FIRST, "key", "", 4_096,
            "the service's secret key file; without one the link changes with each start");
    static final Setting DELEGATION = Setting.text(Tier.FIRST, "delegation", "", 4_096,
            "delegation file (`schiltron key delegate --uses handshakes,batches`): `key` is then a delegate's, and the service's stays offline");
    static final Setting MAILBOX = Setting.addresses(Tier.FIRST, "mailbox", 4_096,
            "mailboxes to use; without any, an embedded swarm for trying out");
    static final Setting RING = Setting.texts(Tier.FIRST, "ring", 64,
            "ring nodes to ask through: `host:port`, or `KEY@host:port` to be sure which; without any, mailboxes see the address");
    static final Setting LINK_RATE = Setting.whole(Tier.FIRST, "link-mbit-per-second", 1_000, 1, 100_000,
            "what the service's access link carries; open requests fill at most 50 ms of it");
    static final Setting PROXY = Setting.flag(Tier.FIRST, "proxy-protocol", false,
            "tell backends who the client is (PROXY protocol v2)");
    static final Setting UPSTREAM = Setting.text(Tier.FIRST, "upstream", "nothing", 16,
            "what filters upstream of the link: `nothing`, `filter` (only ring nodes get through), `on-path-ring`");
    static final Setting NAME = Setting.texts(Tier.FIRST, "name", 64,
            "DNS names of the service, to warn when one points to this host");

    static final Setting MAX_SESSIONS = Setting.whole(Tier.TUNE, "max-sessions", 20_000, 1, 1_000_000,
            "beyond it hellos are refused; about 100 KiB each at rest");
    static final Setting MAX_SESSIONS_CLIENT = Setting.whole(Tier.TUNE, "max-sessions-per-client", 16, 1, 1_000_000,
            "the oldest gives way to a client's next");
    static final Setting MAX_STREAMS_CLIENT = Setting.whole(Tier.TUNE, "max-streams-per-client", 1_024, 1,
            ClientLimits.MAX_STREAMS, "over all its sessions, 256 in each; a further one is reset");
    static final Setting MAX_RATE_CLIENT = Setting.whole(Tier.TUNE, "max-packets-per-second-per-client",
            ClientLimits.MAX_PACKETS_PER_SECOND, ClientLimits.MIN_PACKETS_PER_SECOND,
            ClientLimits.MAX_PACKETS_PER_SECOND,
            "each way, over all its sessions: more is neither asked for nor sent");
    static final Setting CONTACTS = Setting.whole(Tier.TUNE, "contacts-per-second", 100, 0,
            DoorConfig.MAX_CONTACTS_PER_SECOND,
            "first-contact gets posted, over all mailboxes; 0: the door is shut");
    static final Setting POOLED = Setting.whole(Tier.TUNE, "pooled-contacts-per-second", 0, 0,
            DoorConfig.MAX_CONTACTS_PER_SECOND,
            "so many more while the door is crowded, as far as the ring nodes' pools give them");
    static final Setting HANDSHAKES = Setting.whole(Tier.TUNE, "handshakes-per-second", 200, 1, 100_000,
            "hellos opened at most: what the processor spends at the door");
    static final Setting PROOFS = Setting.texts(Tier.TUNE, "proof", 3,
            "what clients may show when first contacts run short: `hash`, `equix` (dear for graphics cards too), `token`; without any, all");
    static final Setting TOKEN_SHARE = Setting.whole(Tier.TUNE, "token-share-percent", 80, 0, 100,
            "of first contacts, that tokens may take before others");
    static final Setting LINK_CONTACTS = Setting.whole(Tier.RARE, "contacts-in-link", 20, 1, 64,
            "mailboxes that the link names");

    static final List<Setting> ALL = Stream.of(
            List.of(BACKEND, KEY, DELEGATION, MAILBOX, RING, LINK_RATE, PROXY, UPSTREAM, NAME, MAX_SESSIONS,
                    MAX_SESSIONS_CLIENT,
                    MAX_STREAMS_CLIENT, MAX_RATE_CLIENT, CONTACTS, POOLED, HANDSHAKES, PROOFS, TOKEN_SHARE,
                    LINK_CONTACTS),
            SessionSettings.ALL, UdpSettings.ALL).flatMap(List::stream).toList();

    private ProtectSettings() {
    }

    static ClientLimits perClient(Settings settings) {
        return new ClientLimits(settings.integer(MAX_SESSIONS_CLIENT), settings.integer(MAX_STREAMS_CLIENT),
                settings.integer(MAX_RATE_CLIENT));
    }

    static DoorConfig door(Settings settings) {
        int kinds = 0;
        List<String> proofs = settings.texts(PROOFS);
        for (int i = 0; i < proofs.size(); i++)
            kinds |= 1 << switch (proofs.get(i)) {
                case "hash" -> Hello.HASH;
                case "equix" -> Hello.EQUIX;
                case "token" -> Hello.TOKEN;
                default ->
                    throw settings.wrong(PROOFS, i, "\"" + proofs.get(i) + "\" is not one of hash, equix, token");
            };
        return new DoorConfig(settings.integer(CONTACTS), settings.integer(POOLED), settings.integer(HANDSHAKES),
                kinds == 0 ? DoorConfig.ALL_KINDS : kinds, settings.integer(TOKEN_SHARE));
    }

    static Exposure.Upstream upstream(Settings settings) {
        String text = String.valueOf(settings.text(UPSTREAM));
        return switch (text) {
            case "nothing" -> Exposure.Upstream.NOTHING;
            case "filter" -> Exposure.Upstream.FILTER;
            case "on-path-ring" -> Exposure.Upstream.ON_PATH_RING;
            default -> throw settings.wrong(UPSTREAM, "\"" + text + "\" is not one of nothing, filter, on-path-ring");
        };
    }

    /** @throws IllegalArgumentException that says what is wrong with {@code [KEY@]HOST:PORT} */
    static ServiceConfig.Ring ring(String text) {
        int at = text.indexOf('@');
        PublicKey key = at < 0 ? null : PublicKey.parse(text.substring(0, at));
        InetSocketAddress address = UdpSettings.resolve(Addresses.parse(text.substring(at + 1)));
        return new ServiceConfig.Ring(Addresses.toPath(address), key);
    }
}
