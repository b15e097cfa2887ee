package org.schiltron.dht;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.libtorrent4j.swig.alert;
import org.libtorrent4j.swig.alert_ptr_vector;
import org.libtorrent4j.swig.dht_routing_bucket;
import org.libtorrent4j.swig.dht_stats_alert;
import org.libtorrent4j.swig.session;
import org.libtorrent4j.swig.session_params;
import org.libtorrent4j.swig.settings_pack;
import org.libtorrent4j.swig.settings_pack.bool_types;
import org.libtorrent4j.swig.settings_pack.string_types;
import org.libtorrent4j.swig.string_int_pair;

/**
 * Nodes of a DHT of its own on loopback: libtorrent's, which store and answer as it does for strangers. The system tests
 * start them as a process of its own.
 */
final class LocalNodes implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    /** A port may be gone between finding it free and libtorrent's taking it: nobody hears such a node. */
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
            InetSocketAddress address = freePort();
            settings_pack settings = SessionSettings.of(List.of(address));
            settings.set_bool(bool_types.dht_read_only.swigValue(), false);
            settings.set_str(string_types.dht_bootstrap_nodes.swigValue(), "");
            settings.set_str(string_types.listen_interfaces.swigValue(), "127.0.0.1:" + address.getPort());
            nodes.add(new session(new session_params(settings)));
            addresses.add(address);
        }
        long endNs = System.nanoTime() + LONGEST.toNanos();
        for (int i = 0; i < count; i++) {
            while (!knows(i, count - 1)) {
                if (System.nanoTime() > endNs)
                    return false;
            }
        }
        return true;
    }

    /** Tells it of all others, and whether it has so many in its routing table after a while. */
    private boolean knows(int node, int others) {
        introduce(node);
        session asked = nodes.get(node);
        long endNs = System.nanoTime() + TELL_AGAIN.toNanos();
        while (System.nanoTime() < endNs) {
            asked.post_dht_stats();
            asked.wait_for_alert_ms(POLL_MS);
            alert_ptr_vector alerts = new alert_ptr_vector(); // its entries are good until the next pop
            asked.pop_alerts(alerts);
            for (alert a : alerts) {
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

    private static InetSocketAddress freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
            return (InetSocketAddress) socket.getLocalSocketAddress();
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
