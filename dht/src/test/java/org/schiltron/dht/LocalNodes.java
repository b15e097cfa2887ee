package org.schiltron.dht;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.libtorrent4j.swig.alert;
import org.libtorrent4j.swig.alert_ptr_vector;
import org.libtorrent4j.swig.dht_routing_bucket;
import org.libtorrent4j.swig.dht_stats_alert;
import org.libtorrent4j.swig.listen_succeeded_alert;
import org.libtorrent4j.swig.session;
import org.libtorrent4j.swig.session_params;
import org.libtorrent4j.swig.settings_pack;
import org.libtorrent4j.swig.settings_pack.bool_types;
import org.libtorrent4j.swig.settings_pack.int_types;
import org.libtorrent4j.swig.settings_pack.string_types;
import org.libtorrent4j.swig.socket_type_t;
import org.libtorrent4j.swig.string_int_pair;

/**
 * Nodes of a DHT of its own on loopback: libtorrent's, which store and answer as it does for strangers. The system tests
 * start them as a process of its own.
 */
final class LocalNodes implements AutoCloseable {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 3;
    /** A node that was not there yet when another was told of it is asked again. */
    private static final Duration TELL_AGAIN = Duration.ofSeconds(1);
    private static final int POLL_MS = 20;

    private final List<session> nodes = new ArrayList<>();
    private final List<InetSocketAddress> addresses = new ArrayList<>();

    /**
     * Returns when they know each other: what is put before that lies at fewer nodes than there are.
     *
     * @throws IOException if they do not within half a minute, in any of three attempts
     */
    LocalNodes(int count) throws IOException {
        NativeLibrary.load();
        for (int attempt = 1; !start(count); attempt++) {
            close();
            if (attempt == ATTEMPTS)
                throw new IOException("DHT nodes do not know each other after " + LONGEST.toSeconds() + " s");
        }
    }

    private boolean start(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            settings_pack settings = SessionSettings.of(List.of(new InetSocketAddress(LOOPBACK, 0)));
            settings.set_bool(bool_types.dht_read_only.swigValue(), false);
            settings.set_str(string_types.dht_bootstrap_nodes.swigValue(), "");
            settings.set_str(string_types.listen_interfaces.swigValue(), "127.0.0.1:0");
            settings.set_int(int_types.alert_mask.swigValue(),
                    alert.status_notification.or_(alert.dht_notification).to_int());
            nodes.add(new session(new session_params(settings)));
        }
        long endNs = System.nanoTime() + LONGEST.toNanos();
        for (session node : nodes) {
            int port = udpPort(node, endNs);
            if (port == 0)
                return false;
            addresses.add(new InetSocketAddress(LOOPBACK, port));
        }
        for (int i = 0; i < count; i++) {
            while (!knows(i, count - 1)) {
                if (System.nanoTime() > endNs)
                    return false;
            }
        }
        return true;
    }

    /**
     * Where libtorrent says that it listens: a port found free and told to it may be another's by then, and it takes the next
     * one without a word. 0 if it says nothing until then.
     */
    private static int udpPort(session node, long endNs) {
        while (System.nanoTime() < endNs) {
            for (alert a : alerts(node)) {
                if (a.type() != listen_succeeded_alert.alert_type)
                    continue;
                listen_succeeded_alert listens = alert.cast_to_listen_succeeded_alert(a);
                if (listens.get_socket_type() == socket_type_t.utp.swigValue())
                    return listens.getPort();
            }
        }
        return 0;
    }

    /** Good until the next call. */
    private static alert_ptr_vector alerts(session node) {
        node.wait_for_alert_ms(POLL_MS);
        alert_ptr_vector alerts = new alert_ptr_vector();
        node.pop_alerts(alerts);
        return alerts;
    }

    /** Tells it of all others, and whether it has so many in its routing table after a while. */
    private boolean knows(int node, int others) {
        introduce(node);
        session asked = nodes.get(node);
        long endNs = System.nanoTime() + TELL_AGAIN.toNanos();
        while (System.nanoTime() < endNs) {
            asked.post_dht_stats();
            for (alert a : alerts(asked)) {
                if (a.type() == dht_stats_alert.alert_type && inTable(alert.cast_to_dht_stats_alert(a)) >= others)
                    return true;
            }
        }
        return false;
    }

    private static int inTable(dht_stats_alert stats) {
        int known = 0;
        for (dht_routing_bucket bucket : stats.getRouting_table())
            known += bucket.getNum_nodes();
        return known;
    }

    /** Runs as many as the argument says, until it is killed. */
    public static void main(String[] args) throws Exception {
        LocalNodes nodes = new LocalNodes(Integer.parseInt(args[0]));
        nodes.addresses.forEach(address -> System.out.println("node: 127.0.0.1:" + address.getPort()));
        Thread.currentThread().join();
    }

    private void introduce(int newcomer) {
        for (int i = 0; i < nodes.size(); i++) {
            if (i != newcomer)
                nodes.get(newcomer).add_dht_node(
                        new string_int_pair("127.0.0.1", addresses.get(i).getPort()));
        }
    }

    /** All know this one too. */
    void add(InetSocketAddress stranger) {
        for (session node : nodes)
            node.add_dht_node(new string_int_pair("127.0.0.1", stranger.getPort()));
    }

    List<InetSocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    @Override
    public void close() {
        for (session node : nodes) {
            node.abort().delete();
            node.delete();
        }
        nodes.clear();
        addresses.clear();
    }
}
