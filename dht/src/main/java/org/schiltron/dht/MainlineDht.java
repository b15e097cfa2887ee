package org.schiltron.dht;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.libtorrent4j.Entry;
import org.libtorrent4j.UdpEndpoint;
import org.libtorrent4j.Vectors;
import org.libtorrent4j.swig.alert;
import org.libtorrent4j.swig.alert_ptr_vector;
import org.libtorrent4j.swig.dht_bootstrap_alert;
import org.libtorrent4j.swig.dht_mutable_item_alert;
import org.libtorrent4j.swig.dht_pkt_alert;
import org.libtorrent4j.swig.entry;
import org.libtorrent4j.swig.session;
import org.libtorrent4j.swig.session_params;
import org.schiltron.host.Dht;
import org.schiltron.proof.MutableItem;
import org.schiltron.proof.PublicKey;

/**
 * The DHT through a libtorrent session that does nothing else: it finds the nodes nearest to an item. What they say is
 * taken from the packets ({@link Lookup}), and signed items go to them as they are ({@link Placement}), since libtorrent
 * itself puts only what it has signed with a secret key: docs/decisions/0010-dht.md.
 */
final class MainlineDht implements Dht {
    /** BEP 5's k: an item lies at so many nodes. */
    private static final int REPLICAS = 8;
    private static final int POLL_MS = 50;
    /** A walk that began before the node knew others is begun again. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(3);
    /** For answers to a put. */
    private static final Duration PUT_LONGEST = Duration.ofSeconds(5);

    private final session node;
    private List<Lookup> lookups = List.of();
    private @Nullable Placement placement;
    private boolean joined;
    private volatile int progress;

    MainlineDht(List<InetSocketAddress> nodes) {
        node = new session(new session_params(SessionSettings.of(nodes)));
    }

    @Override
    public Found get(PublicKey key, List<byte[]> salts, Duration longest) throws InterruptedException {
        List<Lookup> all = salts.stream().map(salt -> new Lookup(key, salt)).toList();
        walk(key, all, longest);
        List<MutableItem> found = new ArrayList<>();
        for (Lookup lookup : all) {
            MutableItem item = lookup.best();
            if (item != null)
                found.add(item);
        }
        return new Found(found, all.stream().mapToInt(Lookup::answered).max().orElse(0),
                all.stream().mapToInt(Lookup::refused).sum());
    }

    @Override
    public Placed put(MutableItem item, Duration longest) throws InterruptedException {
        Lookup lookup = new Lookup(item.key(), item.salt());
        walk(item.key(), List.of(lookup), longest);
        MutableItem there = lookup.best();
        long latest = there == null ? -1 : there.sequence();
        if (latest > item.sequence())
            return new Placed(0, 0, latest, "");
        List<Lookup.Near> nearest = new ArrayList<>(lookup.nearest(true, REPLICAS));
        nearest.addAll(lookup.nearest(false, REPLICAS));
        Placement placed = new Placement(item);
        placement = placed;
        try {
            for (Lookup.Near near : nearest)
                node.dht_direct_request(
                        new UdpEndpoint(near.address().getAddress().getHostAddress(), near.address().getPort()).swig(),
                        Entry.bdecode(placed.request(near.token())).swig());
            pumpUntil(() -> placed.answered() >= nearest.size(), PUT_LONGEST);
        } finally {
            placement = null;
        }
        return new Placed(nearest.size(), placed.accepted(), latest, placed.problem());
    }

    /** Until there is no more to expect, or time is up. */
    private void walk(PublicKey key, List<Lookup> all, Duration longest) throws InterruptedException {
        long endNs = System.nanoTime() + longest.toNanos();
        lookups = all;
        try {
            pumpUntil(node::is_dht_running, longest);
            while (System.nanoTime() < endNs && !settled(all)) {
                boolean knewItsWay = joined;
                for (Lookup lookup : all) {
                    lookup.begin(knewItsWay);
                    node.dht_get_item(Vectors.bytes2byte_array_32(key.bytes()),
                            Vectors.bytes2byte_vector(lookup.salt()));
                }
                Duration left = Duration.ofNanos(endNs - System.nanoTime());
                pumpUntil(() -> settled(all) || joined != knewItsWay,
                        knewItsWay || left.compareTo(ASK_AGAIN) < 0 ? left : ASK_AGAIN);
            }
        } finally {
            lookups = List.of();
        }
    }

    private boolean settled(List<Lookup> all) {
        long nowNs = System.nanoTime();
        return all.stream().allMatch(lookup -> lookup.isSettled(nowNs, joined));
    }

    private void pumpUntil(BooleanSupplier done, Duration longest) throws InterruptedException {
        long endNs = System.nanoTime() + longest.toNanos();
        while (!done.getAsBoolean() && System.nanoTime() < endNs) {
            if (Thread.interrupted())
                throw new InterruptedException();
            node.wait_for_alert_ms(POLL_MS);
            alert_ptr_vector alerts = new alert_ptr_vector(); // its entries are good until the next pop
            node.pop_alerts(alerts);
            for (alert a : alerts)
                on(a);
        }
    }

    private void on(alert a) {
        int type = a.type();
        if (type == dht_bootstrap_alert.alert_type)
            joined = true;
        else if (type == dht_mutable_item_alert.alert_type)
            onItem(alert.cast_to_dht_mutable_item_alert(a));
        else if (type == dht_pkt_alert.alert_type)
            onPacket(alert.cast_to_dht_pkt_alert(a));
    }

    private void onItem(dht_mutable_item_alert found) {
        byte[] key = Vectors.byte_array2bytes(found.get_key());
        byte[] salt = Vectors.byte_vector2bytes(found.get_salt());
        for (Lookup lookup : lookups) {
            if (!lookup.isFor(key, salt))
                continue;
            entry value = found.getItem();
            byte[] bytes = value.type() == entry.data_type.string_t
                    ? Vectors.byte_vector2bytes(value.string_bytes())
                    : new byte[0];
            if (bytes.length > 0 && bytes.length <= MutableItem.MAX_VALUE_BYTES && found.get_seq() >= 0)
                lookup.offer(new MutableItem(PublicKey.of(key), salt, found.get_seq(), bytes,
                        Vectors.byte_array2bytes(found.get_signature())));
            if (found.getAuthoritative())
                lookup.walked();
        }
    }

    private void onPacket(dht_pkt_alert packet) {
        Map<?, ?> content = Bencode.dictionary(Vectors.byte_vector2bytes(packet.get_pkt_buf()));
        if (content == null)
            return;
        InetSocketAddress peer;
        try {
            peer = new InetSocketAddress(InetAddress.getByName(packet.get_node().address().to_string()),
                    packet.get_node().port());
        } catch (UnknownHostException e) {
            return; // no address, so nothing that was asked
        }
        boolean ours = packet.getDirection() == dht_pkt_alert.direction_t.outgoing;
        Placement placed = placement;
        for (Lookup lookup : lookups) {
            if (ours)
                lookup.sent(peer, content);
            else
                lookup.received(peer, content, System.nanoTime());
        }
        progress = Math.max(progress, lookups.stream().mapToInt(Lookup::answered).sum());
        if (placed != null && ours)
            placed.sent(peer, content);
        else if (placed != null)
            placed.received(peer, content);
    }

    @Override
    public int progress() {
        return progress;
    }

    @Override
    public void close() {
        node.abort().delete(); // waits for libtorrent's threads
        node.delete();
    }
}
