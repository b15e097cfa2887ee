package org.schiltron.dht;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;
import org.libtorrent4j.swig.alert;
import org.libtorrent4j.swig.settings_pack;
import org.libtorrent4j.swig.settings_pack.bool_types;
import org.libtorrent4j.swig.settings_pack.int_types;
import org.libtorrent4j.swig.settings_pack.string_types;

/** libtorrent with all switched off but the DHT. */
final class SessionSettings {
    /** A walk makes some hundred alerts. */
    private static final int ALERT_QUEUE = 16_384;
    /** From one address, past which it is not listened to for minutes; libtorrent's 5 are for one node at each. */
    private static final int LOOPBACK_PACKETS_PER_SECOND = 100_000;
    private static final List<bool_types> OFF = List.of(bool_types.enable_lsd, bool_types.enable_upnp,
            bool_types.enable_natpmp, bool_types.enable_incoming_tcp, bool_types.enable_outgoing_tcp,
            bool_types.enable_incoming_utp, bool_types.enable_outgoing_utp);
    /** What guards against many nodes at one address, or at addresses that are on no public network. */
    private static final List<bool_types> PUBLIC_ONLY = List.of(bool_types.dht_restrict_routing_ips,
            bool_types.dht_restrict_search_ips, bool_types.dht_prefer_verified_node_ids,
            bool_types.dht_ignore_dark_internet);

    private SessionSettings() {
    }

    static settings_pack of(List<InetSocketAddress> nodes) {
        settings_pack settings = new settings_pack();
        OFF.forEach(setting -> settings.set_bool(setting.swigValue(), false));
        boolean loopback = nodes.stream().allMatch(SessionSettings::isLoopback);
        if (loopback) {
            PUBLIC_ONLY.forEach(setting -> settings.set_bool(setting.swigValue(), false));
            settings.set_int(int_types.dht_block_ratelimit.swigValue(), LOOPBACK_PACKETS_PER_SECOND);
        }
        // BEP 43: asks, is not asked, and stands in nobody's routing table.
        settings.set_bool(bool_types.dht_read_only.swigValue(), true);
        settings.set_bool(bool_types.enable_dht.swigValue(), true);
        settings.set_str(string_types.dht_bootstrap_nodes.swigValue(),
                nodes.stream().map(SessionSettings::text).collect(Collectors.joining(",")));
        settings.set_str(string_types.listen_interfaces.swigValue(),
                loopback ? "127.0.0.1:0,[::1]:0" : "0.0.0.0:0,[::]:0");
        settings.set_int(int_types.alert_mask.swigValue(), alert.dht_notification.or_(alert.dht_log_notification)
                .or_(alert.dht_operation_notification).to_int());
        settings.set_int(int_types.alert_queue_size.swigValue(), ALERT_QUEUE);
        return settings;
    }

    /** Names are libtorrent's to look up; they are of public nodes. */
    private static boolean isLoopback(InetSocketAddress node) {
        try {
            return InetAddress.ofLiteral(node.getHostString()).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return node.getHostString().equals("localhost");
        }
    }

    private static String text(InetSocketAddress node) {
        String host = node.getHostString();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + node.getPort();
    }
}
