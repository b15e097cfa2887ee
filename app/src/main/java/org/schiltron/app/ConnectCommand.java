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
import org.schiltron.host.Entropy;
import org.schiltron.host.SocksFront;
import org.schiltron.host.StreamRelay;
import org.schiltron.host.TcpFront;
import org.schiltron.host.UdpFront;
import org.schiltron.host.UdpOptions;
import org.schiltron.proof.ClientId;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Link;
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
        "  schiltron connect -c connect.toml"})
final class ConnectCommand extends RoleCommand {
    @Parameters(arity = "0..1", paramLabel = "LINK", description = "what protect printed: schiltron:...")
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
        Link to = link(settings);
        if (settings.texts(ConnectSettings.LISTEN).isEmpty() && settings.addresses(ConnectSettings.SOCKS).isEmpty()
                && settings.texts(ConnectSettings.UDP).isEmpty())
            throw new Failure(Exit.USAGE, "where shall the service appear? give --listen, --socks or --udp host:port");
        String keyFile = settings.text(ConnectSettings.KEY);
        Identity identity = keyFile == null ? Identity.generate(new Entropy()) : KeyFiles.read(Path.of(keyFile));
        List<InetSocketAddress> contacts = contacts(to);
        ClientConfig config = new ClientConfig(to.service(), contacts.stream().map(Addresses::toPath).toList(),
                settings.flag(ConnectSettings.ALLOW_PRIVATE), SessionSettings.limits(settings));
        UdpOptions options = UdpSettings.options(settings);
        ConnectRole role = ConnectRole.start(process, config, identity, SessionSettings.relay(settings), options,
                UdpSettings.bind(options, List.of(UdpSettings.localFor(contacts))),
                event -> watch(process, event, out));
        fronts(process, settings, role.relay(), out);
        awaitConnected(role, SessionSettings.seconds(settings, SessionSettings.START));
        out.println("connected: as client " + ClientId.of(identity.publicKey().x25519()).text());
    }

    private static Link link(Settings settings) {
        String text = settings.text(ConnectSettings.LINK);
        if (text == null)
            throw new Failure(Exit.USAGE, "to what? give the link that protect printed");
        try {
            return Link.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    /** Those with an address; the swarm goes on without a name that has none, unless all have none. */
    private static List<InetSocketAddress> contacts(Link to) {
        List<InetSocketAddress> contacts = new ArrayList<>();
        Failure unknown = null;
        for (var contact : to.contacts()) {
            try {
                contacts.add(UdpSettings.resolve(Addresses.parse(contact.toString())));
            } catch (Failure e) {
                unknown = e;
            }
        }
        if (contacts.isEmpty() && unknown != null)
            throw unknown;
        return contacts;
    }

    private static void fronts(RoleProcess process, Settings settings, StreamRelay relay, PrintWriter out) {
        for (String text : settings.texts(ConnectSettings.LISTEN)) {
            TcpFront front = listen("listen", text, (address, name) -> TcpFront.listen(relay, address, name));
            process.closeLater(front);
            out.println("listen: tcp " + Addresses.toText(front.localAddress()));
        }
        for (InetSocketAddress address : settings.addresses(ConnectSettings.SOCKS)) {
            SocksFront front = listen("socks", Addresses.toText(address),
                    (at, _) -> SocksFront.listen(relay, at, new Entropy()));
            process.closeLater(front);
            out.println("listen: socks5 " + Addresses.toText(front.localAddress()));
        }
        for (String text : settings.texts(ConnectSettings.UDP)) {
            UdpFront front = listen("udp", text,
                    (address, name) -> UdpFront.listen(relay, address, name, new Entropy()));
            process.closeLater(front);
            out.println("listen: udp " + Addresses.toText(front.localAddress()));
        }
    }

    /** Opens a front at an address for a backend's name. */
    private interface Opener<T> {
        T open(InetSocketAddress address, String name) throws IOException;
    }

    private static <T> T listen(String option, String text, Opener<T> opener) {
        int equals = text.indexOf('=');
        try {
            return opener.open(UdpSettings.resolve(Addresses.parse(text.substring(equals + 1))),
                    equals < 0 ? "" : text.substring(0, equals));
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, option + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new Failure(Exit.CANNOT_LISTEN, Reason.of(e), e);
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
        else if (reason != CloseReason.FINISHED)
            out.println("session ended (" + reason.name().toLowerCase(Locale.ROOT) + "), connecting again");
    }
}
