package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.schiltron.bgp.BgpConfig;
import org.schiltron.bgp.BgpEvent;
import org.schiltron.filter.FlowSpecRules;
import org.schiltron.filter.RuleSet;
import org.schiltron.host.Addresses;
import org.schiltron.host.BgpConnection;
import org.schiltron.host.Entropy;

/** Rules announced to a router by BGP FlowSpec. They stand as long as the session does: the router forgets them with it. */
final class FlowSpecEnforcer implements Enforcer {
    private static final int ANSWER_SECONDS = 10;

    private final BgpConnection connection;
    private final int budget;
    private final PrintWriter out;

    private FlowSpecEnforcer(BgpConnection connection, int budget, PrintWriter out) {
        this.connection = connection;
        this.budget = budget;
        this.out = out;
    }

    /** Begins to connect; rules are announced when the session is up, and again whenever it comes up again. */
    static FlowSpecEnforcer open(RuleSet rules, Settings settings, PrintWriter out) throws IOException {
        InetSocketAddress peer;
        try {
            peer = UdpSettings.resolve(Addresses.parse(String.valueOf(settings.text(RingSettings.FLOWSPEC))));
        } catch (IllegalArgumentException e) {
            throw settings.wrong(RingSettings.FLOWSPEC, String.valueOf(e.getMessage()));
        }
        BgpConfig config;
        try {
            config = BgpConfig.of(settings.whole(RingSettings.BGP_AS), settings.whole(RingSettings.BGP_PEER_AS),
                    routerId(settings));
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        }
        String name = Addresses.toText(peer);
        BgpConnection connection = BgpConnection.start("bgp " + name, peer, null, config, new Entropy(),
                event -> say(out, name, event));
        FlowSpecEnforcer enforcer = new FlowSpecEnforcer(connection, settings.integer(RingSettings.FLOWSPEC_BUDGET),
                out);
        try {
            enforcer.change(rules);
            return enforcer;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static int routerId(Settings settings) {
        try {
            byte[] id = InetAddress.ofLiteral(String.valueOf(settings.text(RingSettings.BGP_ROUTER_ID))).getAddress();
            if (id.length == 4)
                return java.nio.ByteBuffer.wrap(id).getInt();
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw settings.wrong(RingSettings.BGP_ROUTER_ID, "not an IPv4 address");
    }

    private static void say(PrintWriter out, String peer, BgpEvent event) {
        switch (event) {
            case BgpEvent.Up up -> out.println("bgp: session with " + peer + " is up");
            case BgpEvent.Missing missing ->
                out.println("warning: " + peer + " does not take FlowSpec rules for " + missing.family()
                        + ", so none of them is announced");
            case BgpEvent.Announced announced ->
                out.println("bgp: " + announced.rules() + " specifications are with " + peer);
            case BgpEvent.Down down -> out.println("bgp: no session with " + peer + ": " + down.reason()
                    + (down.retryNs() < 0
                            ? ""
                            : "; next attempt in " + Math.ceilDiv(down.retryNs(), 1_000_000_000L) + " s"));
        }
    }

    @Override
    public String name() {
        return "flowspec";
    }

    @Override
    public void change(RuleSet rules) throws IOException {
        FlowSpecRules.Announcement announcement;
        try {
            announcement = FlowSpecRules.announcement(rules, budget);
        } catch (IllegalArgumentException e) {
            throw new IOException(rules.file() + ": " + e.getMessage() + " (--set tune.flowspec-budget=N)", e);
        }
        try {
            if (!connection.replace(announcement.rules()).get(ANSWER_SECONDS, TimeUnit.SECONDS))
                throw new IOException("more specifications than a BGP session keeps");
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the BGP session did not take the rules: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (!announcement.leftOut().isEmpty())
            out.println("warning: no room among " + budget + " specifications for "
                    + String.join(", ", announcement.leftOut())
                    + ": what these drop is not dropped");
    }

    /** Routers count, and do not say. */
    @Override
    public Map<String, Long> verdicts() {
        return Map.of();
    }

    @Override
    public List<Long> matches() {
        return List.of();
    }

    @Override
    public void close() {
        connection.close("the ring has been stopped");
    }
}
