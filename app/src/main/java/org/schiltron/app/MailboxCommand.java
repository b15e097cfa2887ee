package org.schiltron.app;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Addresses;
import org.schiltron.host.UdpDriver;
import org.schiltron.host.UdpOptions;
import org.schiltron.proof.Identity;
import org.schiltron.proof.MailboxDescriptor;
import org.schiltron.swarm.MailboxConfig;
import picocli.CommandLine.Command;

/** {@code schiltron mailbox}. */
@Command(name = "mailbox", description = "Lends this host's packet forwarding to the swarm.", footer = {"",
        "A mailbox sends nothing to an address that has not just proved itself, except one answer no",
        "longer than what caused it. Its memory is fixed from the start.", "", "Examples:",
        "  schiltron mailbox --listen 0.0.0.0:4500", "  schiltron mailbox --listen 0.0.0.0:4500,[2001:db8::5]:4500",
        "  schiltron mailbox --listen 192.0.2.7:4500 --announce --key mailbox.key",
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
        Identity announcer = announcer(settings);
        List<MailboxRole> shards = MailboxRole.startShards(process, config, options,
                settings.addresses(MailboxSettings.LISTEN));
        for (InetSocketAddress address : shards.getFirst().addresses())
            out.println("mailbox: " + Addresses.toText(address));
        out.println(String.format(Locale.ROOT, "memory: %.1f MB, fixed",
                (double) shards.size() * (double) config.memoryBytes() / 1e6));
        if (announcer != null)
            announce(announcer, settings, shards.getFirst().addresses(), out);
    }

    /** Null if nothing is to be announced. */
    private static @Nullable Identity announcer(Settings settings) {
        Path key = settings.file(MailboxSettings.KEY);
        if (!settings.flag(MailboxSettings.ANNOUNCE))
            return null;
        if (key == null)
            throw settings.wrong(MailboxSettings.ANNOUNCE,
                    "a descriptor is signed: give --key FILE (schiltron key new FILE)");
        return KeyFiles.read(key);
    }

    private static void announce(Identity key, Settings settings, List<InetSocketAddress> listening, PrintWriter out) {
        List<InetSocketAddress> given = settings.addresses(MailboxSettings.PUBLIC_ADDRESS);
        long expires = Lifetime.nowEpochSeconds() + settings.whole(MailboxSettings.ANNOUNCE_DAYS) * 86_400;
        for (InetSocketAddress address : given.isEmpty() ? listening : given) {
            InetSocketAddress at = UdpSettings.resolve(address);
            if (at.getAddress().isAnyLocalAddress() || at.getPort() == 0)
                throw settings.wrong(MailboxSettings.ANNOUNCE, Addresses.toText(at)
                        + " is no address to announce: give --public-address HOST:PORT");
            MailboxDescriptor descriptor = MailboxDescriptor.sign(key, Addresses.toPath(at),
                    settings.integer(MailboxSettings.OPERATOR), settings.integer(MailboxSettings.LINK), expires);
            out.println("descriptor: " + descriptor.text());
        }
    }
}
