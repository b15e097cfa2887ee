package org.schiltron.app;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.schiltron.app.Setting.Tier;
import org.schiltron.host.Addresses;
import org.schiltron.machine.Path;
import org.schiltron.proof.PublicKey;
import org.schiltron.ring.RingConfig;
import org.schiltron.xdp.Readdress;

/** The settings of a ring node. */
final class RingSettings {
    static final Setting LISTEN = new Setting(Tier.FIRST, "listen", Setting.Kind.ADDRESS, "0.0.0.0:4600", 0, 65_535,
            "UDP address for customers and mailboxes; `[::]:4600` takes IPv4 as well");
    static final Setting CUSTOMER = Setting.keys(Tier.FIRST, "customer", 4_096,
            "public keys that may enrol (`schiltron key show`)");
    static final Setting KEY = Setting.text(Tier.FIRST, "key", "", 4_096,
            "the node's secret key file; without one it makes a key at each start");
    static final Setting RULES = Setting.text(Tier.FIRST, "rules", "", 4_096,
            "a file of rules (docs/RULES.md) to enforce on this machine, which lies on the path; without customers it is no ring node beside");
    static final Setting AUTHENTICATOR = Setting.texts(Tier.FIRST, "authenticator", 64,
            "files: what edges show (docs/EDGES.md) passes after what the rules decide, with old and new for the overlap");
    static final Setting MODES = Setting.text(Tier.FIRST, "modes", "", 4_096,
            "file: a service's normal and secure addresses, and when to change (docs/EDGES.md)");
    static final Setting XDP = Setting.flag(Tier.FIRST, "xdp", false,
            "whether the rules are enforced in XDP; needs root, and clang at build time");
    static final Setting NFT = Setting.flag(Tier.FIRST, "nft", false,
            "whether the rules are enforced by nftables, for all that this machine forwards or receives; needs root");
    static final Setting OUTSIDE = Setting.texts(Tier.FIRST, "outside", 64,
            "interfaces where what is to be judged comes in");
    static final Setting INSIDE = Setting.texts(Tier.FIRST, "inside", 64,
            "interfaces behind which the protected addresses are, for rules about what was requested");
    static final Setting SHARE_LISTEN = Setting.text(Tier.FIRST, "share-listen", "", 255,
            "of several borders with --xdp: the UDP address, as `HOST:PORT`, where the others tell what they saw requested; open to them alone");
    static final Setting SHARE_WITH = Setting.addresses(Tier.FIRST, "share-with", 64,
            "of several borders with --xdp: where the others listen, to be told what this one saw requested");
    static final Setting SHARE_SECRET = Setting.text(Tier.FIRST, "share-secret", "", 4_096,
            "a secret key file (`schiltron key new`), the same at all borders that share");
    static final Setting READDRESS = Setting.texts(Tier.FIRST, "readdress", Readdress.MAX,
            "of several borders with --xdp: `PREFIX=PREFIX`, requests from the first leave as from the second, which is announced at this border alone");
    static final Setting FLOWSPEC = Setting.text(Tier.FIRST, "flowspec", "", 255,
            "a router to announce the rules to by BGP FlowSpec, as `HOST:PORT`; BGP's port is 179");
    static final Setting BGP_AS = Setting.whole(Tier.FIRST, "bgp-as", 64_512, 1, 4_294_967_295L,
            "this ring's AS number");
    static final Setting BGP_PEER_AS = Setting.whole(Tier.FIRST, "bgp-peer-as", 64_512, 1, 4_294_967_295L,
            "the router's AS number");
    static final Setting ALLOW_PRIVATE = Setting.flag(Tier.FIRST, "allow-private-mailboxes", false,
            "whether customers may name private and loopback mailboxes; always so when it listens on loopback");

    static final Setting MBIT = Setting.whole(Tier.TUNE, "mbit-per-second-per-customer", 1_000, 1, 100_000,
            "in each direction");
    static final Setting REQUESTS = Setting.whole(Tier.TUNE, "requests-per-second-per-customer", 50_000, 1, 10_000_000,
            "packets one customer may ask for");
    static final Setting REMEMBERED = Setting.whole(Tier.TUNE, "remembered-requests-per-customer", 262_144, 1_024,
            1 << 24, "requests of one customer that stand at once; 4 bytes each");
    static final Setting MAX_CUSTOMERS = Setting.whole(Tier.TUNE, "max-processes", 64, 1, 4_096,
            "customers' processes enrolled at once");
    static final Setting MAX_PROCESSES = Setting.whole(Tier.TUNE, "max-processes-per-customer", 8, 1, 4_096,
            "of one key; when full, one that is silent makes room, if any; not above max-processes");

    static final Setting XDP_MODE = Setting.text(Tier.TUNE, "xdp-mode", "any", 8,
            "`driver`, `generic` (slower, on any interface), or `any` that works");
    static final Setting XDP_PIN = Setting.text(Tier.TUNE, "xdp-pin", "", 4_096,
            "a directory in a BPF file system: programs stay on their interfaces when the ring ends, until the files named after these (with `:` for `.`) are removed");
    static final Setting STANDING_REQUESTS = Setting.whole(Tier.TUNE, "standing-requests", 1_000_000, 1_024,
            100_000_000,
            "requests that rules remember at once, all rules together; 11 bytes each");
    static final Setting REQUEST_SECONDS = Setting.whole(Tier.TUNE, "request-seconds", 10, 1, 3_600,
            "rules forget a request after at least so long, and at most twice that");

    static final Setting FLOWSPEC_BUDGET = Setting.whole(Tier.TUNE, "flowspec-budget", 10, 1, 20_000,
            "specifications that the router has room for; ask its operator");
    static final Setting BGP_ROUTER_ID = Setting.text(Tier.TUNE, "bgp-router-id", "192.0.2.1", 15,
            "an IPv4 address that names this ring among BGP speakers");

    static final Setting FIRSTS = Setting.whole(Tier.RARE, "first-contacts-per-second-per-customer", 2_000, 1,
            1_000_000, "first-contact gets one customer may post");
    static final Setting POOLED_FIRSTS = Setting.whole(Tier.RARE, "pooled-first-contacts-per-second", 0, 0,
            1_000_000, "beyond those, by all customers together: an even part for each whose door is crowded");
    static final Setting REMEMBERED_FIRSTS = Setting.whole(Tier.RARE, "remembered-first-contacts-per-customer", 16_384,
            1_024, 1 << 24, "of one customer that stand at once");
    static final Setting COOKIE_REQUESTS = Setting.whole(Tier.RARE, "cookie-requests-per-second-per-customer", 50, 1,
            10_000, "may go to any address, so few");
    static final Setting COOKIE_REQUESTS_ADDRESS = Setting.whole(Tier.RARE, "cookie-requests-per-second-per-address",
            32, 1, 10_000, "to one address, by all customers together");
    static final Setting GRANTS = Setting.whole(Tier.RARE, "mailboxes-per-customer", 256, 1, 256,
            "used at once; past it the grant ending first goes");
    static final Setting MAX_GRANT = Setting.whole(Tier.RARE, "max-grant-seconds", 3_600, 1, 86_400,
            "the longest that one cookie allows sending to its mailbox");
    static final Setting IDLE = Setting.whole(Tier.RARE, "idle-seconds", 60, 1, 86_400,
            "a customer's process silent for so long is forgotten");
    static final Setting ENROLMENTS = Setting.whole(Tier.RARE, "enrolments-per-second", 50, 1, 10_000,
            "handshakes, about 1.5 ms of processor time each; one address is answered no more often");
    static final Setting ENROLMENTS_CUSTOMER = Setting.whole(Tier.RARE, "enrolments-per-second-per-customer", 5, 1,
            10_000,
            "handshakes of one listed key");

    static final List<Setting> ALL = Stream.concat(
            Stream.of(LISTEN, CUSTOMER, KEY, RULES, AUTHENTICATOR, MODES, XDP, NFT, OUTSIDE, INSIDE, SHARE_LISTEN,
                    SHARE_WITH, SHARE_SECRET,
                    READDRESS, FLOWSPEC, BGP_AS,
                    BGP_PEER_AS,
                    ALLOW_PRIVATE, FLOWSPEC_BUDGET, BGP_ROUTER_ID, XDP_MODE, XDP_PIN, STANDING_REQUESTS,
                    REQUEST_SECONDS, MBIT, REQUESTS, REMEMBERED, MAX_CUSTOMERS, MAX_PROCESSES,
                    FIRSTS, POOLED_FIRSTS, REMEMBERED_FIRSTS, COOKIE_REQUESTS, COOKIE_REQUESTS_ADDRESS, GRANTS,
                    MAX_GRANT, IDLE,
                    ENROLMENTS, ENROLMENTS_CUSTOMER),
            UdpSettings.ALL.stream()).toList();

    private RingSettings() {
    }

    /** @param listen resolved, its port as bound */
    static RingConfig config(Settings settings, InetSocketAddress listen) {
        List<PublicKey> customers = settings.keys(CUSTOMER);
        boolean loopback = listen.getAddress().isLoopbackAddress();
        if (customers.isEmpty() && !loopback)
            throw new Failure(Exit.USAGE,
                    "whose packets? give --customer KEY (schiltron key show prints it); only a ring node on loopback enrols whoever comes first");
        try {
            return new RingConfig(customers, customers.isEmpty(), own(listen),
                    loopback || settings.flag(ALLOW_PRIVATE), 0, 0, settings.integer(MAX_CUSTOMERS),
                    Math.min(settings.integer(MAX_PROCESSES), settings.integer(MAX_CUSTOMERS)),
                    settings.integer(REQUESTS), settings.integer(REMEMBERED), settings.integer(FIRSTS),
                    settings.integer(POOLED_FIRSTS),
                    settings.integer(REMEMBERED_FIRSTS), settings.whole(MBIT) * 125_000,
                    settings.integer(COOKIE_REQUESTS), settings.integer(COOKIE_REQUESTS_ADDRESS),
                    settings.integer(GRANTS), settings.whole(MAX_GRANT) * 1_000_000_000,
                    settings.whole(IDLE) * 1_000_000_000, settings.integer(ENROLMENTS),
                    settings.integer(ENROLMENTS_CUSTOMER));
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    /** Every address this node is reached at: it must send nothing to itself. */
    static List<Path> own(InetSocketAddress listen) {
        if (!listen.getAddress().isAnyLocalAddress())
            return List.of(Addresses.toPath(listen));
        try {
            List<Path> own = new ArrayList<>();
            for (NetworkInterface card : NetworkInterface.networkInterfaces().toList())
                for (InetAddress address : card.inetAddresses().toList())
                    own.add(Addresses.toPath(new InetSocketAddress(address, listen.getPort())));
            return own;
        } catch (SocketException e) {
            throw new Failure(Exit.FAILED, "the addresses of this machine cannot be listed: " + Reason.of(e), e);
        }
    }
}
