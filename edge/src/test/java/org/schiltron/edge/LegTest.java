package org.schiltron.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.schiltron.edge.LegWorld.Pipe;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.CipherPool;

class LegTest {
    private static final long SECOND = 1_000_000_000L;

    private final RandomSource random = Draws.random();
    private final byte[] buffer = new byte[1 << 20];

    private static byte[] bytes(int count, int seed) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = (byte) ((i + seed) * 31 >>> 3);
        return bytes;
    }

    private byte[] readAtLanding(LegWorld world) {
        int got = world.landing.read(world.nowNs, world.leg, buffer, 0, buffer.length);
        return Arrays.copyOf(buffer, Math.max(0, got));
    }

    private byte[] readAtClient(LegWorld world) {
        int got = world.client.read(world.nowNs, buffer, 0, buffer.length);
        return Arrays.copyOf(buffer, Math.max(0, got));
    }

    @Test
    void aLegBeginsWhenItsIngressHasShownItself() {
        LegWorld world = new LegWorld(random);
        world.drain();
        assertThat(world.clientEvents).containsExactly(new LegEvent.NeedCarrier());
        world.connect();
        world.pump();
        assertThat(world.landingEvents).containsExactly(
                new LandingEvent.Opened(world.leg, LegWorld.OVERLAY.node(0), LegWorld.ASK));
        assertThat(world.client.active()).isEqualTo(world.pipes.getFirst().atClient);
    }

    @Test
    void bytesAndHalfCloseCross() {
        LegWorld world = LegWorld.open(random);
        world.client.write(world.nowNs, "question".getBytes(UTF_8), 0, 8);
        world.client.end(world.nowNs);
        world.pump();
        assertThat(readAtLanding(world)).isEqualTo("question".getBytes(UTF_8));
        assertThat(world.landing.read(world.nowNs, world.leg, buffer, 0, 10)).isEqualTo(-1);
        world.landing.write(world.nowNs, world.leg, "answer".getBytes(UTF_8), 0, 6);
        world.landing.end(world.nowNs, world.leg);
        world.pump();
        assertThat(readAtClient(world)).isEqualTo("answer".getBytes(UTF_8));
        assertThat(world.client.read(world.nowNs, buffer, 0, 10)).isEqualTo(-1);
        world.pump();
        assertThat(world.clientEvents).contains(new LegEvent.Over(LegOver.FINISHED));
        assertThat(world.landingEvents).contains(new LandingEvent.Over(world.leg, LegOver.FINISHED));
        assertThat(world.landing.legs()).isZero();
        assertThat(world.client.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
        assertThat(world.client.carrier(world.nowNs)).isZero();
    }

    @Test
    void aLostCarrierLosesNothing() {
        LegWorld world = LegWorld.open(random);
        world.client.write(world.nowNs, bytes(100_000, 1), 0, 100_000);
        world.landing.write(world.nowNs, world.leg, bytes(90_000, 2), 0, 90_000);
        world.send();
        world.deliver(30_000);
        Pipe first = world.pipes.getFirst();
        world.tellClient(first);
        assertThat(world.clientSaw(LegEvent.NeedCarrier.class)).isTrue();
        world.tellLanding(first);
        assertThat(world.landing.orphans()).isOne();
        world.connect();
        world.pump();
        assertThat(world.landing.orphans()).isZero();
        assertThat(readAtLanding(world)).isEqualTo(bytes(100_000, 1));
        assertThat(readAtClient(world)).isEqualTo(bytes(90_000, 2));
    }

    @Test
    void aMoveOverlapsAndTheOldCarrierIsLeft() {
        LegWorld world = LegWorld.open(random);
        world.client.write(world.nowNs, bytes(50_000, 1), 0, 50_000);
        world.landing.write(world.nowNs, world.leg, bytes(50_000, 2), 0, 50_000);
        world.send();
        Pipe second = world.connect();
        world.pump();
        assertThat(world.client.active()).isEqualTo(second.atClient);
        assertThat(world.clientEvents).contains(
                new LegEvent.CarrierOver(world.pipes.getFirst().atClient, CarrierEnd.RETIRED));
        assertThat(world.landingEvents).contains(
                new LandingEvent.CarrierOver(world.pipes.getFirst().atLanding, CarrierEnd.RETIRED));
        assertThat(world.clientSaw(LegEvent.NeedCarrier.class)).isFalse();
        assertThat(readAtLanding(world)).isEqualTo(bytes(50_000, 1));
        assertThat(readAtClient(world)).isEqualTo(bytes(50_000, 2));
    }

    @Test
    void itKeepsAtMostAWindowAndThenItsDriverStopsReading() {
        LegWorld world = LegWorld.open(random);
        assertThat(world.client.write(world.nowNs, bytes(400_000, 1), 0, 400_000)).isEqualTo(LegClient.WINDOW);
        world.pump();
        assertThat(world.client.writable()).as("arrived, and not taken").isZero();
        assertThat(world.landing.readable(world.leg)).isEqualTo(LegClient.WINDOW);
        assertThat(world.clientSaw(LegEvent.CanWrite.class)).isFalse();
        assertThat(readAtLanding(world)).hasSize(LegClient.WINDOW);
        world.pump();
        assertThat(world.clientEvents).containsExactly(new LegEvent.CanWrite());
        assertThat(world.client.writable()).isEqualTo(LegClient.WINDOW);
    }

    @Test
    void fewBytesAreAcknowledgedAfterAWhile() {
        LegWorld world = LegWorld.open(random);
        world.client.write(world.nowNs, bytes(10, 1), 0, 10);
        world.pump();
        readAtLanding(world);
        world.pump();
        assertThat(world.client.writable()).isEqualTo(LegClient.WINDOW - 10);
        world.pass(SECOND / 10);
        assertThat(world.client.writable()).isEqualTo(LegClient.WINDOW);
    }

    @Test
    void aResetArrivesAfterWhatWasWritten() {
        LegWorld world = LegWorld.open(random);
        world.landing.write(world.nowNs, world.leg, bytes(200_000, 1), 0, 200_000);
        world.client.write(world.nowNs, bytes(100, 1), 0, 100);
        world.landing.reset(world.nowNs, world.leg, ResetReason.UNREACHABLE);
        world.send();
        world.tellLanding(world.pipes.getFirst()); // once more over another
        world.tellClient(world.pipes.getFirst());
        world.connect();
        world.pump();
        assertThat(world.clientEvents).contains(new LegEvent.Reset(ResetReason.UNREACHABLE),
                new LegEvent.Over(LegOver.RESET));
        assertThat(readAtClient(world)).isEqualTo(bytes(200_000, 1));
        assertThat(world.client.read(world.nowNs, buffer, 0, 1)).isEqualTo(-1);
        assertThat(world.landingEvents).contains(new LandingEvent.Over(world.leg, LegOver.RESET));
        assertThat(world.landing.legs()).isZero();
    }

    @Test
    void aResetMayFollowAnEnd() {
        LegWorld world = LegWorld.open(random);
        world.client.write(world.nowNs, bytes(100, 1), 0, 100);
        world.client.end(world.nowNs);
        world.pump();
        world.client.reset(world.nowNs, ResetReason.CANCELLED);
        world.pump();
        assertThat(world.landingEvents).contains(new LandingEvent.Reset(world.leg, ResetReason.CANCELLED),
                new LandingEvent.Over(world.leg, LegOver.RESET));
        assertThat(world.client.isOver()).isTrue();
    }

    @Test
    void aSilentCarrierIsFoundOut() {
        LegWorld world = LegWorld.open(random);
        world.cut(world.pipes.getFirst()); // as where a ring drops an old authenticator: no error, just nothing
        world.client.write(world.nowNs, bytes(100, 1), 0, 100);
        world.pass(7 * SECOND);
        assertThat(world.clientEvents).contains(new LegEvent.CarrierOver(1, CarrierEnd.SILENT),
                new LegEvent.NeedCarrier());
        world.connect();
        world.pump();
        assertThat(readAtLanding(world)).isEqualTo(bytes(100, 1));
    }

    @Test
    void anIdleLegStaysAndCostsLittle() {
        LegWorld world = LegWorld.open(random);
        world.pass(600 * SECOND);
        assertThat(world.clientEvents).isEmpty();
        assertThat(world.landingEvents).isEmpty();
        assertThat(world.client.active()).isPositive();
    }

    @Test
    void orphansAreKeptForAWhile() {
        LegWorld world = LegWorld.open(random);
        world.tellLanding(world.pipes.getFirst());
        world.tellClient(world.pipes.getFirst());
        world.pass(29 * SECOND);
        assertThat(world.landing.legs()).isOne();
        world.pass(2 * SECOND);
        assertThat(world.landingEvents).contains(new LandingEvent.Over(world.leg, LegOver.ORPHANED));
        assertThat(world.clientEvents).contains(new LegEvent.Over(LegOver.ORPHANED));
        assertThat(world.landing.legs()).isZero();
        assertThat(world.landing.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void tooManyOrphansDropTheOldest() {
        LegWorld world = new LegWorld(random, new LandingConfig(10, 2, 30 * SECOND));
        List<Integer> opened = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            startAndLose(world, world.client());
            opened.add(world.leg);
            world.nowNs += SECOND;
        }
        assertThat(world.landingEvents.stream().filter(LandingEvent.Over.class::isInstance)).containsExactly(
                new LandingEvent.Over(opened.get(0), LegOver.DROPPED),
                new LandingEvent.Over(opened.get(1), LegOver.DROPPED));
        assertThat(world.landing.orphans()).isEqualTo(2);
    }

    /** Another ingress's leg, whose carrier is lost at once. */
    private void startAndLose(LegWorld world, LegClient client) {
        int here = client.carrier(world.nowNs);
        int there = world.landing.accept(world.nowNs);
        for (int i = 0; i < 3; i++) {
            int n = client.take(world.nowNs, here, buffer, 0);
            world.landing.onBytes(world.nowNs, there, buffer, 0, n);
            n = world.landing.take(world.nowNs, there, buffer, 0);
            client.onBytes(world.nowNs, here, buffer, 0, n);
        }
        world.pipes.add(new Pipe(0, there));
        world.drain();
        world.landing.lost(world.nowNs, there);
        world.drain();
    }

    @Test
    void aFullLandingRefusesMore() {
        LegWorld world = new LegWorld(random, new LandingConfig(2, 2, 30 * SECOND));
        startAndLose(world, world.client());
        startAndLose(world, world.client());
        for (int i = 0; i < LegClient.MAX_REFUSALS; i++) {
            assertThat(world.clientSaw(LegEvent.Over.class)).isFalse();
            world.connect();
            world.pump();
        }
        assertThat(world.clientEvents).contains(new LegEvent.CarrierOver(1, CarrierEnd.FULL),
                new LegEvent.Over(LegOver.REFUSED));
        assertThat(world.landing.legs()).isEqualTo(2);
    }

    @Test
    void aStrangerIsRefusedAndTheListIsAsked() {
        for (boolean listed : new boolean[]{true, false}) {
            LegWorld world = new LegWorld(random);
            Overlay relays = Overlay.of(2, listed ? java.util.EnumSet.of(NodeRole.EGRESS) : java.util.Set.of());
            LegLanding landing = new LegLanding(LegWorld.OVERLAY.identity(1), relays.list, LandingConfig.DEFAULT,
                    random, new CipherPool(2));
            int carrier = landing.accept(0);
            landing.onBytes(0, carrier, buffer, 0, take(world.client, world));
            assertThat(landing.take(0, carrier, buffer, 0)).isEqualTo(4);
            assertThat(buffer[1]).isEqualTo((byte) CarrierEnd.NOT_A_NODE.code());
            assertThat(landing.pollEvent()).isEqualTo(new LandingEvent.CarrierOver(carrier, CarrierEnd.NOT_A_NODE));
            assertThat(landing.legs()).isZero();
        }
    }

    private int take(LegClient client, LegWorld world) {
        return client.take(world.nowNs, client.carrier(world.nowNs), buffer, 0);
    }

    @Test
    void aRecordedStartAsksNoBackendAndIsGoneAfterAWhile() {
        LegWorld world = new LegWorld(random);
        int n = take(world.client, world);
        byte[] start = Arrays.copyOf(buffer, n);
        int carrier = world.landing.accept(world.nowNs);
        world.pipes.add(new Pipe(1, carrier));
        world.landing.onBytes(world.nowNs, carrier, start, 0, n);
        assertThat(world.landing.take(world.nowNs, carrier, buffer, 0)).isEqualTo(LegHeads.STARTED_LENGTH);
        assertThat(world.landing.legs()).isOne();
        int again = world.landing.accept(world.nowNs);
        world.pipes.add(new Pipe(-1, again));
        world.landing.onBytes(world.nowNs, again, start, 0, n);
        assertThat(world.landing.take(world.nowNs, again, buffer, 0)).isEqualTo(4);
        assertThat(buffer[1]).isEqualTo((byte) CarrierEnd.REPLAYED.code());
        world.landing.onBytes(world.nowNs, carrier, new byte[100], 0, 100); // guesses a record
        world.drain();
        world.landing.onTimer(world.nowNs + LegLanding.CONFIRM_NS);
        world.drain();
        assertThat(world.landing.legs()).isZero();
        assertThat(world.landingSaw(LandingEvent.Opened.class)).isFalse();
        assertThat(world.landingSaw(LandingEvent.Over.class)).isFalse();
    }

    /** So that who plays many of them keeps nobody out. */
    @Test
    void recordedStartsTakeAQuarterAtMost() {
        LegWorld world = new LegWorld(random, new LandingConfig(8, 2, 30 * SECOND));
        List<Integer> recorded = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int n = take(world.client(), world);
            int carrier = world.landing.accept(world.nowNs);
            world.pipes.add(new Pipe(-1, carrier));
            world.landing.onBytes(world.nowNs, carrier, buffer, 0, n);
            recorded.add(carrier);
            world.drain();
            assertThat(world.landing.legs()).isLessThanOrEqualTo(2);
        }
        assertThat(world.landingEvents).hasSize(18)
                .contains(new LandingEvent.CarrierOver(recorded.getFirst(), CarrierEnd.RETIRED));
        world.connect();
        world.pump();
        assertThat(world.leg).as("a true one").isPositive();
    }

    @Test
    void aRecordedResumeIsRefused() {
        LegWorld world = LegWorld.open(random);
        Pipe second = world.connect();
        world.send();
        byte[] resume = second.up.toByteArray();
        assertThat(resume).hasSize(LegHeads.RESUME_LENGTH);
        world.pump();
        int carrier = world.landing.accept(world.nowNs);
        world.pipes.add(new Pipe(0, carrier));
        world.landing.onBytes(world.nowNs, carrier, resume, 0, resume.length);
        assertThat(world.landing.take(world.nowNs, carrier, buffer, 0)).isEqualTo(4);
        assertThat(buffer[1]).isEqualTo((byte) CarrierEnd.REPLAYED.code());
        world.pump();
        assertThat(world.client.active()).isEqualTo(second.atClient);
    }

    @Test
    void everyChangeOfAResumeIsRefused() {
        LegWorld world = LegWorld.open(random);
        Pipe second = world.connect();
        world.send();
        byte[] resume = second.up.toByteArray();
        for (int at = 0; at < resume.length; at++) {
            byte[] changed = resume.clone();
            changed[at] ^= (byte) (1 << random.nextInt(8));
            int carrier = world.landing.accept(world.nowNs);
            world.pipes.add(new Pipe(0, carrier));
            world.landing.onBytes(world.nowNs, carrier, changed, 0, changed.length);
            assertThat(world.landing.take(world.nowNs, carrier, buffer, 0)).as("byte %d", at).isEqualTo(4);
            assertThat(buffer[0]).isEqualTo(LegHeads.REFUSED);
        }
        world.pump();
        assertThat(world.client.active()).as("the true one is taken").isEqualTo(second.atClient);
    }

    @Test
    void whoOnlySaysRefusedIsNotBelievedAtOnce() {
        LegWorld world = LegWorld.open(random);
        Pipe bad = world.connect();
        world.client.onBytes(world.nowNs, bad.atClient, LegHeads.refused(CarrierEnd.UNKNOWN_LEG), 0, 4);
        world.pump();
        assertThat(world.clientEvents).contains(new LegEvent.CarrierOver(bad.atClient, CarrierEnd.UNKNOWN_LEG));
        assertThat(world.client.active()).as("stays where it was").isEqualTo(1);
    }

    @Test
    void aCarrierThatChangesBytesIsLeftAndTheLegGoesOn() {
        LegWorld world = LegWorld.open(random);
        world.client.write(world.nowNs, bytes(1_000, 1), 0, 1_000);
        world.send();
        byte[] record = world.pipes.getFirst().up.toByteArray();
        world.pipes.getFirst().up.reset();
        record[record.length / 2] ^= 1;
        world.pipes.getFirst().up.writeBytes(record);
        world.pump();
        assertThat(world.landingEvents).contains(
                new LandingEvent.CarrierOver(world.pipes.getFirst().atLanding, CarrierEnd.NOT_AUTHENTIC));
        world.closeFinished();
        assertThat(world.clientSaw(LegEvent.NeedCarrier.class)).isTrue();
        world.connect();
        world.pump();
        assertThat(readAtLanding(world)).isEqualTo(bytes(1_000, 1));
    }

    @Test
    void strangersThatSayNothingAreBoundedAndLeft() {
        LegWorld world = new LegWorld(random);
        for (int i = 0; i < LegLanding.MAX_STRANGERS; i++)
            assertThat(world.landing.accept(world.nowNs)).isPositive();
        assertThat(world.landing.accept(world.nowNs)).isZero();
        world.landing.onTimer(world.nowNs + LegEnd.PATIENCE_NS);
        int over = 0;
        for (LandingEvent event = world.landing.pollEvent(); event != null; event = world.landing.pollEvent())
            over++;
        assertThat(over).isEqualTo(LegLanding.MAX_STRANGERS);
        assertThat(world.landing.accept(world.nowNs)).isPositive();
    }

    @Test
    void garbageAtTheDoorIsRefusedAndNeverThrows() {
        LegWorld world = new LegWorld(random);
        int n = take(world.client, world);
        byte[] start = Arrays.copyOf(buffer, n);
        for (int i = 0; i < 400; i++) {
            byte[] mutant = i % 4 == 0 ? random.bytes(random.nextInt(300)) : Draws.mutate(random, start);
            if (mutant.length >= n && Arrays.equals(Arrays.copyOf(mutant, n), start))
                continue;
            int carrier = world.landing.accept(world.nowNs);
            world.landing.onBytes(world.nowNs, carrier, mutant, 0, mutant.length);
            int answer = world.landing.take(world.nowNs, carrier, buffer, 0);
            assertThat(answer).isIn(0, 4);
            world.landing.lost(world.nowNs, carrier);
            assertThat(world.landing.legs()).isZero();
        }
    }

    @Test
    void askIsReadOrRefused() {
        byte[] valid = LegWorld.ASK.encode();
        assertThat(LegAsk.decode(java.nio.ByteBuffer.wrap(valid))).isEqualTo(LegWorld.ASK);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            LegAsk ask = LegAsk.decode(java.nio.ByteBuffer.wrap(Draws.mutate(random, valid)));
            if (ask == null)
                continue;
            read++;
            assertThat(LegAsk.decode(java.nio.ByteBuffer.wrap(ask.encode()))).isEqualTo(ask);
        }
        assertThat(read).isPositive();
    }

    @Test
    void callsForWhatIsNotThereDoNothing() {
        LegWorld world = LegWorld.open(random);
        world.landing.onBytes(0, 999, buffer, 0, 10);
        world.landing.lost(0, 999);
        world.landing.end(0, 999);
        world.landing.reset(0, 999, ResetReason.CANCELLED);
        assertThat(world.landing.write(0, 999, buffer, 0, 1)).isZero();
        assertThat(world.landing.read(0, 999, buffer, 0, 1)).isEqualTo(-1);
        assertThat(world.landing.take(0, 999, buffer, 0)).isZero();
        world.client.onBytes(world.nowNs, 999, buffer, 0, 10);
        world.client.lost(world.nowNs, 999);
        assertThat(world.client.take(world.nowNs, 999, buffer, 0)).isZero();
        world.drain();
        assertThat(world.clientEvents).isEmpty();
    }
}
