package org.schiltron.app;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Addresses;
import org.schiltron.host.Entropy;
import org.schiltron.host.UdpOptions;
import org.schiltron.host.UdpSockets;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.ring.RingConfig;
import org.schiltron.ring.RingEvent;
import org.schiltron.xdp.XdpRing;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code schiltron ring}. */
@Command(name = "ring", description = "Lets through to its customers only what they asked for.", subcommands = {
        RingCheck.class,
        RingMode.class}, footer = {
                "",
                "Stands upstream of the link it protects; customers' requests leave from its address and", //
                "each answer passes once. It sends nothing to an address that has not granted a cookie.", "",
                "Examples:",
                "  schiltron ring --listen 0.0.0.0:4600 --customer KEY",
                "  schiltron ring --listen [::]:4600 --customer KEY1,KEY2 --key ring.key",
                "  schiltron ring -c ring.toml                     customer = [\"KEY1\", \"KEY2\"]; kill -HUP PID reads it again",
                "  schiltron ring --listen 127.0.0.1:4600          for a trial: enrols the first that comes", "",
                "On the path, it enforces rules on the packets themselves (docs/RULES.md):",
                "  schiltron ring check rules.toml",
                "  schiltron ring --rules rules.toml --xdp --outside eth0 --inside eth1",
                "  schiltron ring ... --share-listen 10.0.0.1:4700 --share-with 10.0.0.2:4700 --share-secret share.key    several borders",
                "  schiltron ring --rules rules.toml --nft",
                "  schiltron ring --rules rules.toml --authenticator shop-auth.toml --nft    and what edges show",
                "  schiltron ring --rules rules.toml --flowspec 192.0.2.254:179 --bgp-as 64512 --bgp-peer-as 64500"})
final class RingCommand extends RoleCommand {
    private @Nullable RingRole role;
    private @Nullable RingRules rules;
    private Set<PublicKey> customers = Set.of();

    @Override
    List<Setting> known() {
        return RingSettings.ALL;
    }

    @Override
    void open(RoleProcess process, Settings settings, PrintWriter out) {
        Path rulesFile = settings.file(RingSettings.RULES);
        RingBorders.checkUse(settings);
        if (rulesFile != null) {
            RingRules enforced = process.closeLater(RingRules.open(rulesFile, settings, out));
            rules = enforced;
            process.measured(enforced);
            if (!settings.keys(RingSettings.CUSTOMER).isEmpty())
                openNode(process, settings, out);
            enforced.keep(out);
            return;
        }
        if (settings.flag(RingSettings.NFT) || settings.text(RingSettings.FLOWSPEC) != null
                || settings.text(RingSettings.MODES) != null || !settings.texts(RingSettings.AUTHENTICATOR).isEmpty()) {
            throw new Failure(Exit.USAGE,
                    "--nft, --flowspec, --authenticator and --modes need --rules FILE: see docs/RULES.md");
        } else if (settings.flag(RingSettings.XDP)) {
            throw new Failure(Exit.USAGE, XdpRing.isCompiled()
                    ? "--xdp needs --rules FILE, the rules to enforce: see docs/RULES.md"
                    : XdpRing.NOT_COMPILED);
        }
        openNode(process, settings, out);
    }

    /** Off the path: where customers' requests leave from and answers come back. */
    private void openNode(RoleProcess process, Settings settings, PrintWriter out) {
        Path keyFile = settings.file(RingSettings.KEY);
        Identity identity = keyFile == null ? Identity.generate(new Entropy()) : KeyFiles.read(keyFile);
        UdpOptions options = UdpSettings.options(settings);
        InetSocketAddress wanted = settings.address(RingSettings.LISTEN);
        RingSettings.config(settings, UdpSettings.resolve(wanted)); // its errors before the sockets'
        UdpSockets sockets = UdpSettings.bind(options, List.of(wanted));
        RingConfig config = RingSettings.config(settings, sockets.localAddress(0));
        RingRole role = RingRole.start(process, "0", identity, config, options, sockets, event -> {
            if (event instanceof RingEvent.FirstCustomer first)
                out.println("customer: the first that came, from " + first.address() + ", is the only one from now on");
        });
        this.role = role;
        customers = new LinkedHashSet<>(config.customers());
        out.println("ring: " + Addresses.toText(role.address()));
        out.println("key: " + role.key().text());
        if (config.enrolFirst())
            out.println("no --customer was given: the first that enrols from this machine becomes the only customer");
    }

    @Override
    void report(ObjectNode status) {
        RingRules enforced = rules;
        if (enforced != null)
            enforced.report(status);
    }

    /** {@code mode}: what a person says about it. */
    @Override
    @Nullable
    ObjectNode command(String ask, JsonNode request) {
        RingRules enforced = rules;
        return ask.equals("mode") && enforced != null ? enforced.mode(request.path("mode").asString("")) : null;
    }

    @Override
    boolean reloads() {
        return true;
    }

    @Override
    boolean readsOtherFiles() {
        return rules != null;
    }

    /** The rules in their file, and the customers. */
    @Override
    List<Setting> reload(Settings again, PrintWriter out) {
        RingRules enforced = rules;
        Path rulesFile = again.file(RingSettings.RULES);
        if (enforced != null && rulesFile != null)
            enforced.reload(rulesFile, again, out);
        boolean fixed = role == null || spec.commandLine().getParseResult().hasMatchedOption("--customer");
        return enforced != null && fixed ? List.of() : reloadCustomers(again, out);
    }

    private List<Setting> reloadCustomers(Settings again, PrintWriter out) {
        RingRole running = role;
        if (running == null)
            throw new Failure(Exit.FAILED, "still starting");
        if (spec.commandLine().getParseResult().hasMatchedOption("--customer"))
            throw new Failure(Exit.USAGE, "--customer was given on the command line, which the file does not override");
        Set<PublicKey> listed = new LinkedHashSet<>(again.keys(RingSettings.CUSTOMER));
        if (listed.isEmpty())
            throw new Failure(Exit.USAGE,
                    "customer: no key is left, and a ring node is never opened to whoever comes first by a reload");
        running.setCustomers(List.copyOf(listed));
        Set<PublicKey> before = customers;
        customers = listed;
        out.println("customers: " + listed.size() + " may enrol, "
                + listed.stream().filter(key -> !before.contains(key)).count() + " of them new, "
                + before.stream().filter(key -> !listed.contains(key)).count() + " dropped");
        return List.of(RingSettings.CUSTOMER);
    }
}
