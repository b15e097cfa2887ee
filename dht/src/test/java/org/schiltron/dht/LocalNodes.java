package org.schiltron.dht;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
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
    private final List<session> nodes = new ArrayList<>();
    private final List<InetSocketAddress> addresses = new ArrayList<>();

    /** They know each other from the start. */
    LocalNodes(int count) throws IOException {
        NativeLibrary.load();
        for (int i = 0; i < count; i++) {
            InetSocketAddress address = freePort();
            settings_pack settings = SessionSettings.of(List.of(address));
            settings.set_bool(bool_types.dht_read_only.swigValue(), false);
            settings.set_str(string_types.dht_bootstrap_nodes.swigValue(), "");
            settings.set_str(string_types.listen_interfaces.swigValue(), "127.0.0.1:" + address.getPort());
            nodes.add(new session(new session_params(settings)));
            addresses.add(address);
        }
        for (int i = 0; i < count; i++)
            introduce(i);
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
    }
}
