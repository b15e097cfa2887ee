package org.schiltron.app;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.schiltron.app.Setting.Tier;
import org.schiltron.host.Addresses;
import org.schiltron.host.UdpDriver;
import org.schiltron.host.UdpOptions;
import org.schiltron.host.UdpSockets;

/** The settings of UDP sockets, the same for every role that has some. */
final class UdpSettings {
    static final Setting DRIVER = Setting.text(Tier.TUNE, "udp-driver", "auto", 16,
            "`native` (recvmmsg and sendmmsg), `portable` (Java's channels), or `auto`: native where it loads");
    static final Setting RECEIVE_BUFFER = Setting.whole(Tier.TUNE, "receive-buffer-kibytes", 4_096, 4, 1 << 20,
            "asked of the kernel, which caps it at net.core.rmem_max; bursts beyond it are lost");
    static final Setting SEND_BUFFER = Setting.whole(Tier.TUNE, "send-buffer-kibytes", 1_024, 4, 1 << 20,
            "asked of the kernel, which caps it at net.core.wmem_max");
    static final Setting EGRESS_TRAINS = Setting.flag(Tier.TUNE, "egress-trains", true,
            "hand the kernel datagrams of one size and destination as one (GSO; native driver)");
    static final Setting INGRESS_TRAINS = Setting.flag(Tier.TUNE, "ingress-trains", false,
            "let the kernel hand in such trains whole (GRO; native driver; 4 MiB more per socket)");
    static final Setting SPIN = Setting.whole(Tier.TUNE, "spin-us", 0, 0, 1_000_000,
            "how long an idle loop polls before it sleeps; costs a core");
    static final List<Setting> ALL = List.of(DRIVER, RECEIVE_BUFFER, SEND_BUFFER, EGRESS_TRAINS, INGRESS_TRAINS, SPIN);

    private UdpSettings() {
    }

    static UdpOptions options(Settings settings) {
        return UdpOptions.defaults().withDriver(driver(settings))
                .withBuffers(settings.integer(RECEIVE_BUFFER) << 10, settings.integer(SEND_BUFFER) << 10)
                .withTrains(settings.flag(EGRESS_TRAINS), settings.flag(INGRESS_TRAINS))
                .withSpinNs(settings.whole(SPIN) * 1_000);
    }

    private static UdpDriver driver(Settings settings) {
        String name = String.valueOf(settings.text(DRIVER));
        UdpDriver driver = switch (name) {
            case "auto" -> UdpDriver.preferred();
            case "native" -> UdpDriver.NATIVE;
            case "portable" -> UdpDriver.PORTABLE;
            default -> throw settings.wrong(DRIVER, "\"" + name + "\" is not one of auto, native, portable");
        };
        if (!driver.loads())
            throw settings.wrong(DRIVER, "the native driver does not load here: use portable");
        return driver;
    }

    /** Binds; a busy or foreign address ends the command. */
    static UdpSockets bind(UdpOptions options, List<InetSocketAddress> addresses) {
        return bindShards(options, 1, addresses).getFirst();
    }

    /** As many sets of sockets, one for each core, behind the same addresses; more than one with the native driver only. */
    static List<UdpSockets> bindShards(UdpOptions options, int shards, List<InetSocketAddress> addresses) {
        List<InetSocketAddress> resolved = new ArrayList<>();
        for (InetSocketAddress address : addresses)
            resolved.add(resolve(address));
        try {
            return UdpSockets.bindShards(options, shards, resolved.toArray(InetSocketAddress[]::new));
        } catch (IOException e) {
            throw new Failure(Exit.CANNOT_LISTEN, Reason.of(e), e);
        }
    }

    /** The first address of a name, or the end of the command. */
    static InetSocketAddress resolve(InetSocketAddress address) {
        try {
            return Addresses.resolve(address);
        } catch (UnknownHostException e) {
            throw new Failure(Exit.UNREACHABLE, Reason.of(e), e);
        }
    }

    /** Where to send from, given whom to: loopback if all are, and IPv6 (which takes IPv4 as well) if one is. */
    static InetSocketAddress localFor(List<InetSocketAddress> peers) {
        boolean ipv6 = peers.stream().anyMatch(p -> p.getAddress() instanceof Inet6Address);
        boolean ipv4 = peers.stream().anyMatch(p -> !(p.getAddress() instanceof Inet6Address));
        boolean loopback = peers.stream().allMatch(p -> p.getAddress().isLoopbackAddress()) && !(ipv4 && ipv6);
        if (loopback)
            return new InetSocketAddress(InetAddress.ofLiteral(ipv6 ? "::1" : "127.0.0.1"), 0);
        return new InetSocketAddress(InetAddress.ofLiteral(ipv6 ? "::" : "0.0.0.0"), 0);
    }
}
