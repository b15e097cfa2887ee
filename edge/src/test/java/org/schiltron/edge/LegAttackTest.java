package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.CipherPool;
import org.schiltron.proof.Handshake;

/** An ingress that is on the list and breaks the protocol, and a landing that lies to a client. */
class LegAttackTest {
    private static final Overlay OVERLAY = LegWorld.OVERLAY;

    private final RandomSource random = Draws.random();
    private final CipherPool pool = new CipherPool(8);
    private final byte[] buffer = new byte[LegLanding.MAX_TAKE];

    /** Starts a leg and says whatever it is told. */
    private final class Rogue {
        final LegLanding victim = new LegLanding(OVERLAY.identity(1), OVERLAY.list, LandingConfig.DEFAULT, random,
                pool);
        final byte[] secret;
        final LegId id = LegId.draw(random);
        final List<LandingEvent> events = new ArrayList<>();
        int carrier;
        TrunkRecords records;
        int leg;

        Rogue() {
            byte[] asked = LegWorld.ASK.encode();
            byte[] head = LegHeads.startHead(LegHeads.MIN_START + asked.length);
            Handshake handshake = Handshake.initiator(OVERLAY.identity(0), OVERLAY.node(1).key(),
                    LegHeads.prologue(head), random);
            ByteBuffer payload = ByteBuffer.allocate(LegId.LENGTH + asked.length);
            id.write(payload);
            carrier = victim.accept(0);
            victim.onBytes(0, carrier, head, 0, head.length);
            byte[] message = handshake.write(payload.put(asked).array());
            victim.onBytes(0, carrier, message, 0, message.length);
            assertThat(victim.take(0, carrier, buffer, 0)).isEqualTo(LegHeads.STARTED_LENGTH);
            assertThat(handshake.read(Arrays.copyOfRange(buffer, 4, LegHeads.STARTED_LENGTH))).isEmpty();
            secret = LegHeads.legSecret(handshake);
            records = LegHeads.records(secret, 1, true, pool);
            say(LegFrames.PING);
            assertThat(events.getFirst()).isInstanceOf(LandingEvent.Opened.class);
            leg = ((LandingEvent.Opened) events.getFirst()).leg();
            events.clear();
        }

        void say(byte... frame) {
            System.arraycopy(frame, 0, buffer, records.prefix(), frame.length);
            victim.onBytes(0, carrier, buffer, 0, records.seal(buffer, 0, frame.length));
            for (LandingEvent event = victim.pollEvent(); event != null; event = victim.pollEvent())
                events.add(event);
        }

        /** How the carrier ended, or "". */
        String ended() {
            for (LandingEvent event : events)
                if (event instanceof LandingEvent.CarrierOver over)
                    return over.reason().name();
            return "";
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource({"'', BAD_FRAME", "00, BAD_FRAME", "09, BAD_FRAME", "ff, BAD_FRAME", "01, BAD_FRAME",
            "01 0000000000000000, BAD_FRAME", "01 0000000000000001 aa, GAP", "01 7fffffffffffffff aa, GAP",
            "01 ffffffffffffffff aa, REPEATED", "01 0000000000000000 aabb | 01 0000000000000001 cc, REPEATED",
            "01 0000000000000000 aabb | 01 0000000000000003 cc, GAP", "02 0000000000000001, BAD_POSITION",
            "02 ffffffffffffffff, BAD_POSITION", "02 00, BAD_FRAME", "02 000000000000000000, BAD_FRAME",
            "03 0000000000000001, GAP", "03 ffffffffffffffff, REPEATED", "03 00000000000000, BAD_FRAME",
            "03 0000000000000000 | 03 0000000000000000, REPEATED",
            "03 0000000000000000 | 03 0000000000000001, AFTER_END",
            "03 0000000000000000 | 01 0000000000000001 aa, AFTER_END",
            "04 0000000000000000 00 | 01 0000000000000001 aa, AFTER_END",
            "04 0000000000000000 00 | 04 0000000000000001 00, AFTER_END", "04 0000000000000001 00, GAP",
            "04 0000000000000000, BAD_FRAME", "05 0000000000000000 0000000000000000, BAD_FRAME",
            "06 00, BAD_FRAME", "06 | 07, BAD_FRAME", "06 | 01 0000000000000000 aa, BAD_FRAME", "07 00, BAD_FRAME"})
    void whatBreaksTheProtocolEndsTheCarrierWithTheReason(String frames, String reason) {
        Rogue rogue = new Rogue();
        for (String frame : frames.split("\\|", -1))
            rogue.say(hex(frame));
        assertThat(rogue.ended()).isEqualTo(reason);
        assertThat(rogue.victim.legs()).as("the leg itself stays for a while").isOne();
        assertThat(rogue.victim.orphans()).isOne();
    }

    @Test
    void noMoreThanTheWindowIsKept() {
        Rogue rogue = new Rogue();
        ByteBuffer frame = ByteBuffer.allocate(9 + 8_192).put(LegFrames.DATA);
        for (int i = 0; i < 32; i++)
            rogue.say(frame.putLong(1, i * 8_192L).array());
        assertThat(rogue.ended()).isEmpty();
        assertThat(rogue.victim.readable(rogue.leg)).isEqualTo(LegClient.WINDOW);
        rogue.say(frame.putLong(1, 32 * 8_192L).array());
        assertThat(rogue.ended()).isEqualTo("OVER_WINDOW");
        assertThat(rogue.victim.readable(rogue.leg)).isEqualTo(LegClient.WINDOW);
    }

    @Test
    void afterAnyFrameTheLegCanComeBackAnotherWay() {
        byte[][] valid = {hex("01 0000000000000000 aabbcc"), hex("02 0000000000000000"), hex("03 0000000000000003"),
                hex("04 0000000000000003 01"), hex("06"), hex("07"), hex("08"),
                hex("05 0000000000000000 0000000000000000")};
        Set<String> ends = new LinkedHashSet<>();
        for (int i = 0; i < 300; i++) {
            Rogue rogue = new Rogue();
            for (int frames = 0; frames < 6; frames++)
                rogue.say(Draws.mutate(random, valid[random.nextInt(valid.length)]));
            ends.add(rogue.ended());
            assertThat(rogue.victim.legs()).isOne();
            assertThat(rogue.victim.readable(rogue.leg)).isLessThan(300);
            rogue.carrier = rogue.victim.accept(0);
            byte[] resume = LegHeads.resume(rogue.secret, rogue.id, 2, 0, 0);
            rogue.records = LegHeads.records(rogue.secret, 2, true, pool);
            rogue.victim.onBytes(0, rogue.carrier, resume, 0, resume.length);
            assertThat(rogue.victim.take(0, rogue.carrier, buffer, 0)).isEqualTo(4);
            assertThat(buffer[0]).isEqualTo(LegHeads.RESUMED);
            rogue.events.clear();
            rogue.say(LegFrames.PING);
            assertThat(rogue.ended()).isEmpty();
        }
        assertThat(ends).contains("BAD_FRAME", "GAP", "BAD_POSITION");
    }

    @Test
    void aResumeThatClaimsWhatWasNeverSentIsRefused() {
        for (long[] claim : new long[][]{{1, 0}, {0, 1}, {-1, 0}, {Long.MAX_VALUE, 0}, {0, Long.MIN_VALUE}}) {
            Rogue rogue = new Rogue();
            int carrier = rogue.victim.accept(0);
            byte[] resume = LegHeads.resume(rogue.secret, rogue.id, 2, claim[0], claim[1]);
            rogue.victim.onBytes(0, carrier, resume, 0, resume.length);
            assertThat(rogue.victim.take(0, carrier, buffer, 0)).isEqualTo(4);
            assertThat(buffer).startsWith(LegHeads.refused(CarrierEnd.BAD_POSITION));
        }
    }

    /** Only {@link LegClient#MAX_REFUSALS} refusals in a row, or silence, end a leg; a landing's garbage ends a carrier. */
    @Test
    void garbageFromALandingEndsTheCarrierOnly() {
        LegWorld world = LegWorld.open(random);
        byte[] resumed = hex("04 000000 0021");
        for (int i = 0; i < 400; i++) {
            byte[] mutant = switch (i % 3) {
                case 0 -> random.bytes(1 + random.nextInt(100));
                case 1 -> Draws.mutate(random, resumed);
                default -> Draws.mutate(random, LegHeads.refused(CarrierEnd.UNKNOWN_LEG));
            };
            int carrier = world.client.carrier(world.nowNs);
            world.client.onBytes(world.nowNs, carrier, mutant, 0, mutant.length);
            world.client.lost(world.nowNs, carrier);
            while (world.client.pollEvent() != null) {
                // carriers over
            }
            assertThat(world.client.active()).isOne();
        }
        LegClient fresh = world.client();
        byte[] started = random.bytes(LegHeads.STARTED_LENGTH);
        System.arraycopy(hex("02000000"), 0, started, 0, 4);
        int carrier = fresh.carrier(world.nowNs);
        fresh.onBytes(world.nowNs, carrier, started, 0, started.length);
        assertThat(fresh.pollEvent()).isEqualTo(new LegEvent.NeedCarrier());
        assertThat(fresh.pollEvent()).isEqualTo(new LegEvent.CarrierOver(carrier, CarrierEnd.NOT_AUTHENTIC));
    }
}
