package org.schiltron.app;

import java.util.List;
import java.util.stream.Stream;
import org.schiltron.app.Setting.Tier;

/** The settings of a client's end. */
final class ConnectSettings {
    static final Setting LINK = Setting.text(Tier.FIRST, "link", "", 8_192,
            "the service's link, `schiltron:...`; on the command line without `--link`");
    static final Setting LISTEN = Setting.texts(Tier.FIRST, "listen", 64,
            "TCP addresses to serve locally: `[name=]host:port`, name being the service's backend");
    static final Setting SOCKS = Setting.addresses(Tier.FIRST, "socks", 16,
            "addresses to serve SOCKS5 at, TCP and UDP; the host asked for is the backend's name");
    static final Setting UDP = Setting.texts(Tier.FIRST, "udp", 64,
            "UDP addresses to serve locally: `[name=]host:port`");
    static final Setting KEY = Setting.text(Tier.FIRST, "key", "", 4_096,
            "secret key file of this client, for the same id at each start; without one it is a new client each time");
    static final Setting ALLOW_PRIVATE = Setting.flag(Tier.FIRST, "allow-private-mailboxes", false,
            "use private and loopback mailboxes that only the service names");

    static final List<Setting> ALL = Stream
            .of(List.of(LINK, LISTEN, SOCKS, UDP, KEY, ALLOW_PRIVATE), SessionSettings.ALL, UdpSettings.ALL)
            .flatMap(List::stream).toList();

    private ConnectSettings() {
    }
}
