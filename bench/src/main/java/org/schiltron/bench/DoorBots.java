package org.schiltron.bench;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.schiltron.machine.Path;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.HashPuzzle;
import org.schiltron.proof.HelloTarget;
import org.schiltron.sim.Attacker;
import org.schiltron.sim.Node;
import org.schiltron.sim.Simulation;
import org.schiltron.swarm.ContactConfig;
import org.schiltron.wire.Challenge;
import org.schiltron.wire.Cookie;
import org.schiltron.wire.CookieRequest;
import org.schiltron.wire.Hello;
import org.schiltron.wire.Wire;

/**
 * Bots with many proved addresses and one pool of processors, who want every first-contact nonce. They speak the protocol: a
 * cookie, a bare hello (which takes a nonce if one is free), a challenge for each address and mailbox, trials by the
 * same search that clients use. What they know better than clients is the price: the service's rate and all bots' power.
 *
 * <p><b>At once</b>: each challenge is solved for as many bits as let the bots' power take every nonce; shown, and shown again until it has gone on or is over.
 *
 * <p><b>Hoarding</b>: each challenge is worked for over its whole validity of two epochs, for as many bits as let all that was
 * hoarded take every nonce for {@value #SIEGE_SECONDS} s; then all of it is shown together, {@value #EARLY_SECONDS} s before
 * it is over, and waits in the mailboxes' queues as long as it may.
 */
final class DoorBots {
    enum Kind {
        AT_ONCE, HOARD
    }

    private static final int ADDRESSES = 250;
    private static final long SLICE_NS = 50_000_000L;
    private static final int CHUNK = 64;
    /** Challenges asked for in advance, of each mailbox. */
    private static final int AHEAD = 6;
    /** Solutions over nonces: with exactly as many, chance would leave nonces to whoever comes. */
    private static final double MARGIN = 1.25;
    private static final long COOKIE_NS = 100 * DoorModel.SECOND_NS;
    private static final long AGAIN_NS = 3 * DoorModel.SECOND_NS;
    private static final long EPOCH_NS = ContactConfig.DEFAULT.challengeSeconds() * DoorModel.SECOND_NS;
    private static final int EARLY_SECONDS = 3;
    private static final int SIEGE_SECONDS = 12;
    private static final double HOARDED_SECONDS = 2 * EPOCH_NS * 1e-9 - EARLY_SECONDS;
    private static final int SEALED_HELLO = 210;

    /** One address at one mailbox. */
    private static final class Place {
        final int socket;
        final Path to;
        long cookie;
        long cookieUntilNs = -1;
        long high;
        long low;
        long epoch = -1; // that the challenge is of
        HashPuzzle.@Nullable Search search;
        long shownNs;

        Place(int socket, Path mailbox) {
            this.socket = socket;
            to = new Path(socket, mailbox.addressHigh(), mailbox.addressLow(), mailbox.port());
        }
    }

    /** What is known and under way at one mailbox. */
    private static final class Front {
        final Path mailbox;
        final Place[] places = new Place[ADDRESSES];
        final Deque<Place> idle = new ArrayDeque<>();
        final Deque<Place> ready = new ArrayDeque<>(); // have a challenge to work at
        final List<Place> hoard = new ArrayList<>();
        final List<Place> shown = new ArrayList<>();
        int asked; // for a challenge
        long askedNs;

        Front(Path mailbox) {
            this.mailbox = mailbox;
            for (int i = 0; i < ADDRESSES; i++) {
                places[i] = new Place(i, mailbox);
                idle.add(places[i]);
            }
        }
    }

    private final Simulation simulation;
    private final Kind kind;
    private final byte[] serviceKey;
    private final long idHigh;
    private final long idLow;
    private final byte[] sealed;
    private final byte[] digest;
    private final double perSlice;
    private final int bits;
    private final int ahead;
    private final List<Front> fronts = new ArrayList<>();
    private final Map<Path, Front> byMailbox = new HashMap<>();
    private final RandomSource random;
    private final Node<Void, Attacker> node;
    private final byte[] scratch = new byte[2_048];
    private final MemorySegment datagram = MemorySegment.ofArray(scratch);
    private double earned;
    private int turn;
    private long trials;
    private long spent;

    /**
     * @param trialsPerSecond of this host
     * @param powerOfKind     trials a second of all bots of this kind together
     */
    DoorBots(DoorModel model, String name, Kind kind, double trialsPerSecond, double powerOfKind,
            int noncesPerSecond) {
        simulation = model.simulation;
        this.kind = kind;
        serviceKey = model.key.publicKey().bytes();
        idHigh = model.key.publicKey().idHigh();
        idLow = model.key.publicKey().idLow();
        random = simulation.random("bots " + name);
        sealed = random.bytes(SEALED_HELLO);
        digest = HelloTarget.digest(sealed);
        perSlice = trialsPerSecond * SLICE_NS * 1e-9;
        double perNonce = kind == Kind.AT_ONCE
                ? powerOfKind / noncesPerSecond
                : powerOfKind * HOARDED_SECONDS / (noncesPerSecond * SIEGE_SECONDS);
        bits = Math.max(1, (int) Math.floor(Math.log(perNonce / MARGIN) / Math.log(2)));
        ahead = kind == Kind.AT_ONCE
                ? AHEAD
                : (int) Math.min(ADDRESSES - AHEAD,
                        AHEAD + 2 * trialsPerSecond * HOARDED_SECONDS / (1L << bits) / model.contacts.size());
        Path[] addresses = new Path[ADDRESSES];
        Arrays.setAll(addresses, _ -> simulation.newAddress(7_000));
        node = simulation.add(name, new Attacker(this::onDatagram), addresses);
        for (Path mailbox : model.contacts) {
            Front front = new Front(mailbox);
            fronts.add(front);
            byMailbox.put(front.mailbox, front);
        }
        simulation.every(SLICE_NS, () -> node.command(this::slice));
    }

    int bits() {
        return bits;
    }

    long trials() {
        return trials;
    }

    /** Solutions shown. */
    long spent() {
        return spent;
    }

    private long epoch() {
        return simulation.nowNs() / EPOCH_NS;
    }

    /** Whether one may still work for a challenge: bots that hoard begin with an even epoch's. */
    private boolean mayWork(Place place) {
        return kind == Kind.AT_ONCE
                ? place.epoch >= epoch() - 1 && simulation.nowNs() < (place.epoch + 2) * EPOCH_NS - DoorModel.SECOND_NS
                : place.epoch >= 0 && simulation.nowNs() < siegeNs(place);
    }

    private static long siegeNs(Place place) {
        return (place.epoch + 2) * EPOCH_NS - EARLY_SECONDS * DoorModel.SECOND_NS;
    }

    private void slice(Attacker self) {
        for (Front front : fronts) {
            askAhead(self, front);
            if (kind == Kind.HOARD && !front.hoard.isEmpty() && simulation.nowNs() >= siegeNs(front.hoard.getFirst())) {
                for (Place place : front.hoard)
                    show(self, front, place);
                front.hoard.clear();
            }
            showAgain(self, front);
        }
        earned += perSlice;
        int idle = 0;
        while (earned >= 1 && idle < fronts.size())
            idle = work(self, fronts.get(Math.floorMod(turn, fronts.size()))) ? 0 : idle + 1;
        earned = Math.min(earned, perSlice); // nothing to work at: that time is lost
    }

    /** Works at one challenge of this mailbox until it is solved or the slice is over. False if there is none. */
    private boolean work(Attacker self, Front front) {
        Place place = front.ready.peek();
        while (place != null && !mayWork(place)) {
            front.ready.remove();
            front.idle.add(place);
            place = front.ready.peek();
        }
        if (place == null || place.search == null) {
            turn++;
            return false;
        }
        HashPuzzle.Search search = place.search;
        while (earned >= 1 && search.bits() < bits) {
            int now = Math.min(Math.min(CHUNK, 1 + (1 << bits) / 16), (int) Math.min(CHUNK, earned));
            search.run(now);
            trials += now;
            earned -= now;
        }
        if (search.bits() < bits)
            return true;
        front.ready.remove();
        turn++;
        if (kind == Kind.AT_ONCE)
            show(self, front, place);
        else
            front.hoard.add(place);
        return true;
    }

    private void askAhead(Attacker self, Front front) {
        long nowNs = simulation.nowNs();
        if (kind == Kind.HOARD && epoch() % 2 != 0)
            return; // its challenges would be over before the next siege
        if (nowNs - front.askedNs > DoorModel.SECOND_NS)
            front.asked = 0; // lost
        for (int tries = front.idle.size(); tries > 0
                && front.ready.size() + front.hoard.size() + front.asked < ahead; tries--) {
            Place place = front.idle.remove();
            if (place.epoch == epoch()) {
                front.idle.add(place); // nothing new to be had for it
                continue;
            }
            front.asked++;
            front.askedNs = nowNs;
            front.idle.add(place);
            if (nowNs < place.cookieUntilNs) {
                hello(self, place, Hello.BARE, 0);
            } else {
                CookieRequest.write(datagram, 0, 0, place.socket, random.nextLong(), random.nextLong());
                self.send(place.to, Arrays.copyOf(scratch, CookieRequest.LENGTH));
            }
        }
    }

    private void show(Attacker self, Front front, Place place) {
        spent++;
        front.shown.add(place);
        showNow(self, place);
    }

    private void showNow(Attacker self, Place place) {
        place.shownNs = simulation.nowNs();
        HashPuzzle.Search search = place.search;
        if (search != null)
            hello(self, place, Hello.HASH, search.solution());
    }

    private void showAgain(Attacker self, Front front) {
        long nowNs = simulation.nowNs();
        front.shown.removeIf(place -> {
            boolean over = nowNs >= (place.epoch + 2) * EPOCH_NS || place.search == null;
            if (over)
                front.idle.add(place);
            else if (nowNs - place.shownNs >= AGAIN_NS)
                showNow(self, place);
            return over;
        });
    }

    private void hello(Attacker self, Place place, int proof, long solution) {
        Hello.write(datagram, 0, place.socket, place.cookie, idHigh, idLow);
        int length = Hello.CONTENT + Hello.writeContent(datagram, Hello.CONTENT, proof, sealed);
        if (proof != Hello.BARE) {
            Hello.putChallenge(datagram, Hello.CONTENT, place.high, place.low, digest);
            Hello.putSeed(datagram, Hello.CONTENT, solution);
        }
        self.send(place.to, Arrays.copyOf(scratch, length));
    }

    private void onDatagram(Attacker self, long nowNs, Path from, byte[] payload) {
        Front front = byMailbox.get(new Path(0, from.addressHigh(), from.addressLow(), from.port()));
        if (front == null)
            return;
        Place place = front.places[from.socket()];
        MemorySegment s = MemorySegment.ofArray(payload);
        if (Wire.type(s, 0) == Wire.COOKIE) {
            place.cookie = Cookie.cookie(s, 0);
            place.cookieUntilNs = nowNs + COOKIE_NS;
            if (front.idle.contains(place))
                hello(self, place, Hello.BARE, 0);
        } else if (Wire.type(s, 0) == Wire.CHALLENGE) {
            onChallenge(front, place, s);
        }
    }

    private void onChallenge(Front front, Place place, MemorySegment s) {
        int state = Challenge.state(s, 0);
        if (state == Challenge.STALE) { // it has gone on
            if (front.shown.remove(place))
                front.idle.add(place);
            return;
        }
        if (state != Challenge.ASKED || !front.idle.remove(place))
            return;
        front.asked = Math.max(0, front.asked - 1);
        place.high = Challenge.high(s, 0);
        place.low = Challenge.low(s, 0);
        place.epoch = epoch();
        byte[] target = new byte[HelloTarget.BYTES];
        new HelloTarget().of(front.mailbox.addressHigh(), front.mailbox.addressLow(), front.mailbox.port(), serviceKey,
                place.high, place.low, sealed, target);
        place.search = new HashPuzzle.Search(target, random.nextLong());
        front.ready.add(place);
    }
}
