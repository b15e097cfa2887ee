package org.schiltron.app;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.schiltron.host.Addresses;
import org.schiltron.host.Entropy;
import org.schiltron.host.UdpOptions;
import org.schiltron.host.UdpSockets;
import org.schiltron.proof.Identity;
import org.schiltron.ring.RingConfig;
import org.schiltron.ring.RingEvent;
import picocli.CommandLine.Command;

/** {@code schiltron ring}. */
@Command(name = "ring", description = "Lets through to its customers only what they asked for.", footer = {"",
        "Stands upstream of the link it protects; customers' requests leave from its address and", //
        "each answer passes once. It sends nothing to an address that has not granted a cookie.", "", "Examples:",
        "  schiltron ring --listen 0.0.0.0:4600 --customer KEY",
        "  schiltron ring --listen [::]:4600 --customer KEY1,KEY2 --key ring.key",
        "  schiltron ring --listen 127.0.0.1:4600          for a trial: enrols the first that comes"})
final class RingCommand extends RoleCommand {
    @Override
    List<Setting> known() {
        return RingSettings.ALL;
    }

    @Override
    void open(RoleProcess process, Settings settings, PrintWriter out) {
        String keyFile = settings.text(RingSettings.KEY);
        Identity identity = keyFile == null ? Identity.generate(new Entropy()) : KeyFiles.read(Path.of(keyFile));
        UdpOptions options = UdpSettings.options(settings);
        InetSocketAddress wanted = settings.address(RingSettings.LISTEN);
        RingSettings.config(settings, UdpSettings.resolve(wanted)); // its errors before the sockets'
        UdpSockets sockets = UdpSettings.bind(options, List.of(wanted));
        RingConfig config = RingSettings.config(settings, sockets.localAddress(0));
        RingRole role = RingRole.start(process, "0", identity, config, options, sockets, event -> {
            if (event instanceof RingEvent.FirstCustomer first)
                out.println("customer: the first that came, from " + first.address() + ", is the only one from now on");
        });
        out.println("ring: " + Addresses.toText(role.address()));
        out.println("key: " + role.key().text());
        if (config.enrolFirst())
            out.println("no --customer was given: the first that enrols from this machine becomes the only customer");
    }
}
