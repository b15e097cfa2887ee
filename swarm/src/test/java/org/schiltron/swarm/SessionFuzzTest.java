package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

/**
 * Frames of the corpus, mutants of them and random bytes, well sealed by a real session, to its peer: no exception escapes,
 * what it holds stays bounded, and the session goes on or ends for a reason; a new one comes when it has ended.
 */
class SessionFuzzTest {
    private static final int SESSIONS = Integer.getInteger("schiltron.sessions", 60);
    private static final int PACKETS = 40;

    private final Corpus corpus = new Corpus("frames");

    private byte[] frames(SeededRandom random, int round) {
        int size = corpus.inputs().size();
        byte[] frames = round < size || random.nextInt(2) == 0
                ? corpus.inputs().get(round < size ? round : random.nextInt(size))
                : random.nextInt(4) == 0 ? random.bytes(1 + random.nextInt(1_000)) : corpus.mutate(random);
        return Arrays.copyOf(frames, Math.max(1, Math.min(1_000, frames.length)));
    }

    private void fuzz(boolean atTheClient) {
        long seed = Long.getLong("schiltron.seed", 7);
        SeededRandom random = new SeededRandom(seed);
        SessionRig rig = new SessionRig(seed, 4).open();
        int ended = 0;
        int wentOn = 0;
        int round = 0;
        for (int session = 0; session < SESSIONS; session++) {
            try {
                Session from = atTheClient ? rig.atService() : rig.atClient();
                Session to = atTheClient ? rig.atClient() : rig.atService();
                for (int i = 0; i < PACKETS && !to.isClosed() && !from.isClosed(); i++) {
                    byte[] frames = frames(random, round++);
                    Runnable send = () -> {
                        from.ping();
                        from.control(frames);
                    };
                    if (atTheClient)
                        rig.atService(send);
                    else
                        rig.atClient(send);
                    rig.run(20);
                    bounded(rig, to);
                    wentOn += to.isClosed() ? 0 : 1;
                }
                if (to.isClosed()) {
                    ended++;
                    CloseReason reason = atTheClient ? rig.closedAtClient : rig.closedAtService;
                    assertThat(reason).isNotNull();
                }
                renew(rig);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", session " + session + ", packet " + round, e);
            }
        }
        assertThat(ended).as("sessions that a frame has ended").isBetween(1, SESSIONS);
        assertThat(wentOn).as("packets that it survived").isGreaterThan(SESSIONS / 4);
        assertThat(rig.service.held()).isLessThanOrEqualTo(SESSIONS + 1);
    }

    private static void bounded(SessionRig rig, Session to) {
        assertThat(to.status().streams()).isLessThanOrEqualTo(Streams.MAX_STREAMS);
        assertThat(to.status().inboundSet()).isBetween(1, MailboxSet.MAX_SIZE);
        assertThat(to.status().outboundSet()).isBetween(1, MailboxSet.MAX_SIZE);
        assertThat(rig.client.awaited()).isLessThanOrEqualTo(2 * (Inbound.MAX_WINDOW + 32));
        assertThat(to.inbound().openGets()).isLessThanOrEqualTo(Inbound.MAX_WINDOW);
    }

    /** Both ends forget the session, and the client makes another. */
    private static void renew(SessionRig rig) {
        Session client = rig.atClient();
        Session service = rig.atService();
        rig.atService(() -> service.end(CloseReason.STOPPING));
        rig.atClient(() -> client.end(CloseReason.STOPPING));
        Set<Session> old = Set.of(client, service);
        assertThat(rig.runUntil(
                () -> !old.contains(rig.atClient()) && !old.contains(rig.atService()) && rig.atService().isOpen(),
                30_000)).as("a new session").isTrue();
    }

    @Test
    void nothingThatAClientSendsHarmsTheService() {
        fuzz(false);
    }

    @Test
    void nothingThatAServiceSendsHarmsTheClient() {
        fuzz(true);
    }
}
