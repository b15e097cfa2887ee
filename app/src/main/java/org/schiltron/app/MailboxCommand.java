package org.schiltron.app;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import org.schiltron.host.Addresses;
import org.schiltron.host.UdpDriver;
import org.schiltron.host.UdpOptions;
import org.schiltron.swarm.MailboxConfig;
import picocli.CommandLine.Command;

/** {@code schiltron mailbox}. */
@Command(name = "mailbox", description = "Lends this host's packet forwarding to the swarm.", footer = {"",
        "A mailbox sends nothing to an address that has not just proved itself, except one answer no",
        "longer than what caused it. Its memory is fixed from the start.", "", "Examples:",
        "  schiltron mailbox --listen 0.0.0.0:4500", "  schiltron mailbox --listen 0.0.0.0:4500,[2001:db8::5]:4500",
        "  schiltron mailbox -c mailbox.toml --set tune.store-ms=500"})
final class MailboxCommand extends RoleCommand {
    @Override
    List<Setting> known() {
        return MailboxSettings.ALL;
    }

    @Override
    void open(RoleProcess process, Settings settings, PrintWriter out) {
        MailboxConfig config = MailboxSettings.config(settings);
        UdpOptions options = UdpSettings.options(settings);
        if (config.shards() > 1 && options.driver() != UdpDriver.NATIVE)
            throw settings.wrong(MailboxSettings.SHARDS, "more than one needs the native UDP driver");
        List<MailboxRole> shards = MailboxRole.startShards(process, config, options,
                settings.addresses(MailboxSettings.LISTEN));
        for (InetSocketAddress address : shards.getFirst().addresses())
            out.println("mailbox: " + Addresses.toText(address));
        out.println(String.format(Locale.ROOT, "memory: %.1f MB, fixed",
                (double) shards.size() * (double) config.memoryBytes() / 1e6));
    }
}
