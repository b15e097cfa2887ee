package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Addresses;
import org.schiltron.host.Backends;
import org.schiltron.host.Entropy;
import org.schiltron.host.SocksFront;
import org.schiltron.host.StreamRelay;
import org.schiltron.host.TcpFront;
import org.schiltron.host.UdpFront;
import org.schiltron.host.UdpOptions;
import org.schiltron.proof.ClientId;
import org.schiltron.proof.Identity;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.Token;
import org.schiltron.swarm.ClientConfig;
import org.schiltron.swarm.CloseReason;
import org.schiltron.swarm.SessionEvent;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code schiltron connect}. */
@Command(name = "connect", description = "Brings a protected service to local ports.", footer = {"", "Examples:",
        "  schiltron connect LINK --listen 127.0.0.1:9080             then: curl http://127.0.0.1:9080/",
        "  schiltron connect LINK --listen web=127.0.0.1:9080 --udp dns=127.0.0.1:5353",
        "  schiltron connect LINK --socks 127.0.0.1:1080 --key me.key",
        "  schiltron connect schiltron:KEY@shop.example --listen 127.0.0.1:9080    its record from the DNS",
        "  schiltron connect schiltron:KEY --listen 127.0.0.1:9080    its record from the BitTorrent DHT",
        "  schiltron connect https://shop.example/shop.record --listen 127.0.0.1:9080",
        "  schiltron connect -c connect.toml"})
final class ConnectCommand extends RoleCommand {
    @Parameters(arity = "0..1", paramLabel = "LINK", description = "what protect printed, schiltron:...; or where the service's record lies: a file, https://... or DNS name, best as schiltron:KEY@...; schiltron:KEY alone is looked up in the BitTorrent DHT")
    private @Nullable String link;

    @Override
    List<Setting> known() {
        return ConnectSettings.ALL;
    }

    @Override
    void positional(Map<String, List<String>> arguments) {
        if (link != null)
            arguments.put(ConnectSettings.LINK.key(), List.of(link));
    }

    @Override
    void open(RoleProcess process, Settings settings, PrintWriter out) {
        ServiceName name = name(settings);
        if (settings.texts(ConnectSettings.LISTEN).isEmpty() && settings.addresses(ConnectSettings.SOCKS).isEmpty()
                && settings.texts(ConnectSettings.UDP).isEmpty())
            throw new Failure(Exit.USAGE, "where shall the service appear? give --listen, --socks or --udp host:port");
        List<At> fronts = fronts(settings);
        Path keyFile = settings.file(ConnectSettings.KEY);
        Identity identity = keyFile == null ? Identity.generate(new Entropy()) : KeyFiles.read(keyFile);
        Resolved to = ConnectSettings.resolver(settings, out::println).resolve(name, Lifetime.nowEpochSeconds());
        to.notes().forEach(out::println);
        List<InetSocketAddress> contacts = contacts(to, settings.flag(ConnectSettings.ALLOW_PRIVATE));
        ClientConfig config = new ClientConfig(to.service(), contacts.stream().map(Addresses::toPath).toList(),
                settings.flag(ConnectSettings.ALLOW_PRIVATE), SessionSettings.limits(settings))
                .withAnswering(to.handshakeKey()).withToken(pass(settings, to.service(), identity));
        UdpOptions options = UdpSettings.options(settings);
        ConnectRole role = ConnectRole.start(process, config, identity, SessionSettings.relay(settings), options,
                UdpSettings.bind(options, List.of(UdpSettings.localFor(contacts))),
                event -> watch(process, event, out));
        process.closeLater(DoorProgress.start(role, out));
        open(process, fronts, role.relay(), out);
        awaitConnected(role, SessionSettings.seconds(settings, SessionSettings.START));
        out.println("connected: as client " + ClientId.of(identity.publicKey().x25519()).text());
    }

    /** The token, if it is one of this service for this key. */
    private static ClientConfig.@Nullable Pass pass(Settings settings, PublicKey service, Identity identity) {
        Path file = settings.file(ConnectSettings.TOKEN);
        if (file == null)
            return null;
        Token token = TextFiles.read(file, Token::parse);
        if (!token.isFor(service))
            throw settings.wrong(ConnectSettings.TOKEN, file + " is a token for another service");
        if (!token.client().equals(identity.publicKey()))
            throw settings.wrong(ConnectSettings.TOKEN, file + " was issued to another key, " + token.client()
                    + ": give that with --key");
        if (token.isExpired(Lifetime.nowEpochSeconds()))
            throw settings.wrong(ConnectSettings.TOKEN, file + " has expired");
        return new ClientConfig.Pass(token.encode(), identity);
    }

    private static ServiceName name(Settings settings) {
        String text = settings.text(ConnectSettings.LINK);
        if (text == null)
            throw new Failure(Exit.USAGE, "to what? give the link that protect printed");
        try {
            return ServiceName.parse(text);
        } catch (IllegalArgumentException e) {
            throw settings.wrong(ConnectSettings.LINK, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Those with an address, as many as a session begins with; the swarm goes on without a name that has none, unless all have
     * none. What no person typed is refused where it turns out to be a private address.
     */
    private static List<InetSocketAddress> contacts(Resolved to, boolean allowPrivate) {
        List<InetSocketAddress> contacts = new ArrayList<>();
        Failure unknown = null;
        for (var contact : to.contacts()) {
            if (contacts.size() == ClientConfig.MAX_CONTACTS)
                break;
            try {
                InetSocketAddress address = UdpSettings.resolve(Addresses.parse(contact.toString()));
                if (!to.typed() && !allowPrivate && !Addresses.toPath(address).isPublic())
                    throw new Failure(Exit.FAILED, contact + ": refused, since it is the private address " + address
                            + ": allow-private-mailboxes takes it");
                contacts.add(address);
            } catch (Failure e) {
                unknown = e;
            }
        }
        if (contacts.isEmpty() && unknown != null)
            throw unknown;
        return contacts;
    }

    /** Where a front listens, and the name of the backend it leads to. */
    private record At(Setting setting, InetSocketAddress address, String backend) {
    }

    /** All are read before the first is opened. */
    private static List<At> fronts(Settings settings) {
        List<At> fronts = named(settings, ConnectSettings.LISTEN);
        for (InetSocketAddress address : settings.addresses(ConnectSettings.SOCKS))
            fronts.add(new At(ConnectSettings.SOCKS, address, ""));
        fronts.addAll(named(settings, ConnectSettings.UDP));
        return fronts;
    }

    /** Of {@code [name=]host:port}. */
    private static List<At> named(Settings settings, Setting setting) {
        List<At> fronts = new ArrayList<>();
        for (String text : settings.texts(setting)) {
            int equals = text.indexOf('=');
            String name = equals < 0 ? "" : text.substring(0, equals);
            if (equals >= 0 && !Backends.isName(name))
                throw settings.wrong(setting, fronts.size(), "\"" + name
                        + "\" is not a name: expected 1 to 63 letters, digits, dots, dashes and underscores");
            try {
                fronts.add(new At(setting, Addresses.parse(text.substring(equals + 1)), name));
            } catch (IllegalArgumentException e) {
                throw settings.wrong(setting, fronts.size(), String.valueOf(e.getMessage()));
            }
        }
        return fronts;
    }

    private static void open(RoleProcess process, List<At> fronts, StreamRelay relay, PrintWriter out) {
        for (At at : fronts) {
            InetSocketAddress address = UdpSettings.resolve(at.address);
            try {
                if (at.setting.equals(ConnectSettings.LISTEN)) {
                    TcpFront front = process.closeLater(TcpFront.listen(relay, address, at.backend));
                    out.println("listen: tcp " + Addresses.toText(front.localAddress()));
                } else if (at.setting.equals(ConnectSettings.UDP)) {
                    UdpFront front = process.closeLater(UdpFront.listen(relay, address, at.backend, new Entropy()));
                    out.println("listen: udp " + Addresses.toText(front.localAddress()));
                } else {
                    SocksFront front = process.closeLater(SocksFront.listen(relay, address, new Entropy()));
                    out.println("listen: socks5 " + Addresses.toText(front.localAddress()));
                }
            } catch (IOException e) {
                throw new Failure(Exit.CANNOT_LISTEN, Reason.of(e), e);
            }
        }
    }

    private static void awaitConnected(ConnectRole role, Duration longest) {
        try {
            role.connected().get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new Failure(Exit.UNREACHABLE, switch (role.state()) {
                case WAITING_FOR_MAILBOX -> "no mailbox of the link answers after " + longest.toSeconds()
                        + " s: check the link, and that UDP leaves this network";
                case WAITING_FOR_SERVICE -> "the mailboxes answer, the service does not after " + longest.toSeconds()
                        + " s: is protect running, with the key of this link?";
                case CONNECTED -> "connected too late";
            }, e);
        } catch (ExecutionException e) {
            throw new Failure(Exit.BUG, "the client's end stopped: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.FAILED, "interrupted", e);
        }
    }

    private static void watch(RoleProcess process, SessionEvent event, PrintWriter out) {
        if (!(event instanceof SessionEvent.Closed(_, CloseReason reason)))
            return;
        if (reason == CloseReason.BANNED)
            process.fail(new Failure(Exit.FAILED, "the service has banned this client"));
        else if (reason != CloseReason.FINISHED && !process.isStopping())
            out.println("session ended (" + reason.name().toLowerCase(Locale.ROOT) + "), connecting again");
    }
}
