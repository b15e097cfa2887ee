package org.schiltron.app;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.schiltron.app.Setting.Tier;

/** The settings of a client's end. */
final class ConnectSettings {
    static final Setting LINK = Setting.text(Tier.FIRST, "link", "", 8_192,
            "the service: a link `schiltron:...`, a key alone (`schiltron:KEY`), or a file, `https://...` or DNS name that has its record; on the command line without `--link`");
    static final Setting LISTEN = Setting.texts(Tier.FIRST, "listen", 64,
            "TCP addresses to serve locally: `[name=]host:port`, name being the service's backend");
    static final Setting SOCKS = Setting.addresses(Tier.FIRST, "socks", 16,
            "addresses to serve SOCKS5 at, TCP and UDP; the host asked for is the backend's name");
    static final Setting UDP = Setting.texts(Tier.FIRST, "udp", 64,
            "UDP addresses to serve locally: `[name=]host:port`");
    static final Setting KEY = Setting.text(Tier.FIRST, "key", "", 4_096,
            "secret key file of this client, for the same id at each start; without one it is a new client each time");
    static final Setting TOKEN = Setting.text(Tier.FIRST, "token", "", 4_096,
            "token file (`schiltron token issue`): shown, with `key`, when the service's door is crowded");
    static final Setting ALLOW_PRIVATE = Setting.flag(Tier.FIRST, "allow-private-mailboxes", false,
            "use private and loopback mailboxes that only the service names");

    static final Setting DHT_NODE = Setting.addresses(Tier.FIRST, "dht-node", 16,
            "nodes of the BitTorrent DHT to begin at, for a `link` that is a key alone; without any the public ones");

    static final Setting NAME_CA = Setting.text(Tier.RARE, "name-ca", "", 4_096,
            "file of certificates (PEM) to trust for `https://` names, instead of the system's");
    static final Setting NAME_SERVERS = Setting.addresses(Tier.RARE, "name-servers", 3,
            "to ask for DNS names, instead of the system's");
    static final Setting KNOWN = Setting.text(Tier.RARE, "known-services", "", 4_096,
            "file that remembers records seen; without one `$XDG_STATE_HOME/schiltron/services`");

    static final List<Setting> ALL = Stream
            .of(List.of(LINK, LISTEN, SOCKS, UDP, KEY, TOKEN, ALLOW_PRIVATE, DHT_NODE, NAME_CA, NAME_SERVERS, KNOWN),
                    SessionSettings.ALL, UdpSettings.ALL)
            .flatMap(List::stream).toList();

    private ConnectSettings() {
    }

    /** @param progress for what takes long */
    static Resolve resolver(Settings settings, Consumer<String> progress) {
        Path known = settings.file(KNOWN);
        return new Resolve(settings.file(NAME_CA), settings.addresses(NAME_SERVERS), settings.flag(ALLOW_PRIVATE),
                known == null ? KnownServices.ofUser() : new KnownServices(known),
                DhtAccess.of(settings.addresses(DHT_NODE), progress));
    }
}
