package org.schiltron.app;

import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Addresses;
import org.schiltron.host.Backends;
import org.schiltron.host.Entropy;
import org.schiltron.host.UdpOptions;
import org.schiltron.host.UdpSockets;
import org.schiltron.proof.ClientId;
import org.schiltron.proof.Delegation;
import org.schiltron.proof.Delegation.Use;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Link;
import org.schiltron.proof.PublicKey;
import org.schiltron.swarm.ClientLimits;
import org.schiltron.swarm.HandOver;
import org.schiltron.swarm.ServiceConfig;
import org.schiltron.swarm.ServiceKeys;
import org.schiltron.swarm.ServiceStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron protect}. */
@Command(name = "protect", description = "Keeps a service reachable through the swarm. Opens no port: it dials out.", footer = {
        "", "Prints one line \"link: schiltron:...\" once clients can connect, and how exposed the service is.", "",
        "Examples:", "  schiltron protect 127.0.0.1:8080                 a first try, with a swarm of its own",
        "  schiltron protect 127.0.0.1:8080 --key service.key --mailbox m1.example.net:4500 m2.example.net:4500 \\",
        "                    --ring r1.example.net:4600 r2.example.net:4600 --proxy-protocol",
        "  schiltron protect web=127.0.0.1:8080 dns=udp://127.0.0.1:53 -c protect.toml",
        "  schiltron protect --ring r1.example.net:4600 --print-rules nftables"})
final class ProtectCommand extends RoleCommand {
    private static final Duration JUDGE_AGAIN = Duration.ofMinutes(1);

    /** What --print-rules knows. */
    enum Rules {
        NFTABLES("nftables"), ACCESS_LIST("access-list");

        private final String word;

        Rules(String word) {
            this.word = word;
        }

        /** As it is typed. */
        @Override
        public String toString() {
            return word;
        }

        static Rules parse(String typed) {
            for (Rules rules : values())
                if (rules.word.equals(typed))
                    return rules;
            throw new TypeConversionException("nftables or access-list, not '" + typed + "'");
        }
    }

    private static final class RulesConverter implements ITypeConverter<Rules> {
        @Override
        public Rules convert(String typed) {
            return Rules.parse(typed);
        }
    }

    @Parameters(arity = "0..*", paramLabel = "BACKEND", description = "[name=][tcp://|udp://]host:port")
    private List<String> backends = List.of();

    @Option(names = "--print-rules", paramLabel = "KIND", converter = RulesConverter.class, description = "print silent rules for the ring nodes and exit: ${COMPLETION-CANDIDATES}")
    private @Nullable Rules rules;

    @Option(names = "--resume", paramLabel = "FILE", description = "go on with the sessions of schiltron move --to FILE, - for standard input; FILE is removed")
    private @Nullable String resume;

    private @Nullable ProtectRole role;
    private @Nullable Moving moving;
    private @Nullable BanFile bans;
    private @Nullable Settings settings;
    private boolean embedded;
    private int ringCount;
    private @Nullable Exposure exposure;
    private long judgedNs;

    @Override
    List<Setting> known() {
        return ProtectSettings.ALL;
    }

    @Override
    void positional(Map<String, List<String>> arguments) {
        if (!backends.isEmpty())
            arguments.put(ProtectSettings.BACKEND.key(), backends);
    }

    @Override
    boolean printOnly(Settings given, PrintWriter out) {
        if (rules == null)
            return false;
        List<InetSocketAddress> rings = rings(given).stream().map(r -> Addresses.toSocketAddress(r.address())).toList();
        if (rings.isEmpty())
            throw new Failure(Exit.USAGE, "rules for which ring nodes? give --ring host:port");
        out.print(rules == Rules.NFTABLES ? SilentRules.nftables(rings) : SilentRules.accessList(rings));
        out.flush();
        return true;
    }

    @Override
    void open(RoleProcess process, Settings given, PrintWriter out) {
        settings = given;
        Exposure.Upstream upstream = ProtectSettings.upstream(given);
        Backends to = backends(given);
        Path keyFile = given.file(ProtectSettings.KEY);
        ServiceKeys keys = keys(given, keyFile);
        bans = keyFile == null ? null : BanFile.besideKey(keyFile);
        BanFile.Rules rulesOfClients = bans == null ? BanFile.Rules.NONE : bans.read();
        UdpOptions options = UdpSettings.options(given);

        List<InetSocketAddress> mailboxes = given.addresses(ProtectSettings.MAILBOX);
        List<ServiceConfig.Ring> rings = rings(given);
        embedded = mailboxes.isEmpty();
        if (resume != null && (embedded || keyFile == null))
            throw new Failure(Exit.USAGE,
                    "--resume with what? give --key and --mailbox as where the sessions come from");
        if (embedded && !rings.isEmpty())
            throw new Failure(Exit.USAGE, "ring nodes without mailboxes: give --mailbox host:port too");
        if (embedded) {
            EmbeddedSwarm swarm = EmbeddedSwarm.start(process, options, keys.acting().publicKey());
            mailboxes = swarm.mailboxes();
            rings = swarm.rings().stream().map(r -> new ServiceConfig.Ring(Addresses.toPath(r.address()), r.key()))
                    .toList();
            out.println("swarm: embedded (" + EmbeddedSwarm.MAILBOXES + " mailboxes, " + EmbeddedSwarm.RINGS
                    + " ring nodes, in this process, on loopback): for trying out, it protects nothing by itself");
        }
        ringCount = rings.size();
        List<InetSocketAddress> resolved = mailboxes.stream().map(UdpSettings::resolve).toList();
        ServiceConfig config = new ServiceConfig(resolved.stream().map(Addresses::toPath).toList(), rings,
                given.whole(ProtectSettings.LINK_RATE) * 125_000, given.integer(ProtectSettings.MAX_SESSIONS),
                ProtectSettings.perClient(given), ProtectSettings.door(given), System.currentTimeMillis() / 1_000,
                SessionSettings.limits(given));
        List<InetSocketAddress> peers = new ArrayList<>(rings.isEmpty() ? resolved : List.of());
        rings.forEach(ring -> peers.add(Addresses.toSocketAddress(ring.address())));
        HandOver from = resume == null ? null : HandOverFile.read(resume, keys.acting(), config.mailboxes());
        InetSocketAddress local = UdpSettings.localFor(peers);
        UdpSockets sockets = UdpSettings.bind(options, List.of(local));
        if (resume != null)
            HandOverFile.remove(resume);
        ProtectRole started = ProtectRole.start(process, config, keys, to, SessionSettings.relay(given), options,
                sockets, rulesOfClients, from);
        role = started;
        if (from != null)
            out.println("resumed: " + Moving.sessions(from));
        moving = new Moving(process, started, embedded ? null : keys.acting(), local, rings.isEmpty(), out);
        if (keyFile != null)
            process.closeLater(RevocationWatch.start(RevocationFile.besideKey(keyFile), started::revoke));
        awaitReady(started, SessionSettings.seconds(given, SessionSettings.START));
        to.describe().forEach(line -> out.println("backend: " + line));
        if (keyFile == null)
            out.println("key: made for this run; --key FILE (schiltron key new FILE) keeps the link the same");
        Exposure now = exposure(upstream);
        out.println("exposure: " + now.level().title() + " (" + now.why() + ")");
        now.warnings().forEach(warning -> out.println("warning: " + warning));
        if (keys.delegation() == null)
            out.println("link: " + link(keys.service(), mailboxes, given.integer(ProtectSettings.LINK_CONTACTS)));
        else
            out.println("link: none, since a delegate answers: clients need a record with this delegation");
    }

    private static ServiceKeys keys(Settings given, @Nullable Path keyFile) {
        Path delegation = given.file(ProtectSettings.DELEGATION);
        if (keyFile == null && delegation != null)
            throw given.wrong(ProtectSettings.DELEGATION, "a delegation to which key? give --key FILE");
        if (keyFile == null)
            return ServiceKeys.own(Identity.generate(new Entropy()));
        Issuer issuer = Issuer.read(keyFile, delegation, Use.HANDSHAKES);
        Delegation of = issuer.delegation();
        if (of != null && !of.delegate().equals(issuer.key().publicKey()))
            throw given.wrong(ProtectSettings.DELEGATION, delegation + " delegates from the key of " + keyFile
                    + ": protect takes the delegate's key");
        if (of != null && !of.allows(Use.BATCHES))
            throw given.wrong(ProtectSettings.DELEGATION, delegation + " is not for batches");
        return new ServiceKeys(issuer.service(), issuer.key(), of);
    }

    private static Backends backends(Settings given) {
        List<String> texts = given.texts(ProtectSettings.BACKEND);
        if (texts.isEmpty())
            throw new Failure(Exit.USAGE, "protect what? give [name=][tcp://|udp://]host:port");
        for (int last = 0; last < texts.size() - 1; last++)
            backends(given, texts.subList(0, last + 1)); // so that what is wrong is the last
        return backends(given, texts);
    }

    private static Backends backends(Settings given, List<String> texts) {
        try {
            return Backends.parse(texts, given.flag(ProtectSettings.PROXY));
        } catch (IllegalArgumentException e) {
            String what = String.valueOf(e.getMessage());
            throw given.wrong(ProtectSettings.BACKEND, texts.size() - 1,
                    what.startsWith("backend ") ? what.substring("backend ".length()) : what);
        }
    }

    private static List<ServiceConfig.Ring> rings(Settings given) {
        List<ServiceConfig.Ring> rings = new ArrayList<>();
        for (String text : given.texts(ProtectSettings.RING)) {
            try {
                rings.add(ProtectSettings.ring(text));
            } catch (IllegalArgumentException e) {
                throw given.wrong(ProtectSettings.RING, rings.size(), String.valueOf(e.getMessage()));
            }
        }
        return rings;
    }

    private static Link link(PublicKey service, List<InetSocketAddress> mailboxes, int most) {
        return new Link(service, mailboxes.stream().limit(most).map(m -> HostPort.parse(Addresses.toText(m))).toList());
    }

    private static void awaitReady(ProtectRole started, Duration longest) {
        try {
            started.ready().get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            ServiceStatus status = started.status();
            long rings = status.rings().stream().filter(ServiceStatus.Ring::ready).count();
            long mailboxes = status.mailboxes().stream().filter(ServiceStatus.Mailbox::usable).count();
            String what = rings == 0 && !status.rings().isEmpty()
                    ? "no ring node lets us in: check --ring, and that each has our key as --customer"
                    : "too few mailboxes answer: check --mailbox, and that UDP leaves this network";
            throw new Failure(Exit.UNREACHABLE, "the swarm is not reached after " + longest.toSeconds() + " s ("
                    + rings + " of " + status.rings().size() + " ring nodes, " + mailboxes + " of "
                    + status.mailboxes().size() + " mailboxes): " + what, e);
        } catch (ExecutionException e) {
            throw new Failure(Exit.BUG, "the service's end stopped: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAILED, "interrupted", e);
        }
    }

    private synchronized Exposure exposure(Exposure.Upstream upstream) {
        Exposure known = exposure;
        if (known != null && System.nanoTime() - judgedNs < JUDGE_AGAIN.toNanos())
            return known;
        Set<InetAddress> ours = new HashSet<>();
        RingSettings.own(new InetSocketAddress(0)).forEach(p -> ours.add(Addresses.toSocketAddress(p).getAddress()));
        List<String> names = settings == null ? List.of() : settings.texts(ProtectSettings.NAME);
        Exposure judged = Exposure.judge(embedded, ringCount, upstream, HostFirewall.dropsByDefault(),
                Listeners.ofMachine(), Exposure.pointingHere(names, ours));
        exposure = judged;
        judgedNs = System.nanoTime();
        return judged;
    }

    @Override
    void report(ObjectNode status) {
        if (settings != null)
            exposure(ProtectSettings.upstream(settings)).report(status);
    }

    @Override
    @Nullable
    ObjectNode command(String ask, JsonNode request) {
        ProtectRole running = role;
        if (running == null)
            throw new Failure(Exit.FAILED, "still starting");
        if (ask.equals("bans"))
            return list(running.rules());
        Moving mover = moving;
        if (mover != null && ask.equals("move"))
            return mover.toRings(request);
        if (mover != null && ask.equals("hand-over"))
            return mover.handOver();
        if (!ask.equals("ban") && !ask.equals("limit") && !ask.equals("unban"))
            return null;
        ClientId client;
        ClientLimits limits;
        try {
            client = ClientId.parse(request.path("client").asString(""));
            limits = ask.equals("limit")
                    ? LimitsText.parse(request.path("limits").asString(""), running.limitsOfEach())
                    : null;
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        }
        BanFile.Rules now = limits != null
                ? running.limit(client, limits)
                : ask.equals("ban") ? running.ban(client) : running.free(client);
        if (bans != null)
            bans.write(now);
        String done = limits != null
                ? "limited " + client.text() + " to " + LimitsText.of(limits)
                : (ask.equals("ban") ? "banned " : "no longer banned or limited: ") + client.text();
        return Json.MAPPER.createObjectNode().put("done", done
                + (bans == null ? " (until this process ends: it has no key file to keep that beside)" : ""));
    }

    private static ObjectNode list(BanFile.Rules rules) {
        ObjectNode answer = Json.MAPPER.createObjectNode();
        var banned = answer.putArray("bans");
        rules.banned().forEach(client -> banned.add(client.text()));
        var limited = answer.putArray("limits");
        rules.limited().forEach((client, limits) -> limited.addObject().put("client", client.text())
                .put("sessions", limits.sessions()).put("streams", limits.streams())
                .put("packetsPerSecond", limits.packetsPerSecond()));
        return answer;
    }
}
