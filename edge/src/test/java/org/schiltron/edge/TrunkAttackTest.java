package org.schiltron.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.schiltron.machine.RandomSource;

/** A node that is on the list and breaks the protocol, and one in the middle that changes bytes. */
class TrunkAttackTest {
    private static final TrunkConfig CONFIG = new TrunkConfig(0, 1_000, 2);

    private final RandomSource random = Draws.random();
    private final byte[] buffer = new byte[1 << 17];

    /** Speaks the record layer and says whatever it is told. */
    private final class Rogue {
        final Trunk victim = Trunk.acceptor(CONFIG, TrunkPair.OVERLAY.identity(1), TrunkPair.OVERLAY.list, random, 0);
        final TrunkRecords records;

        Rogue() {
            TrunkHandshake handshake = new TrunkHandshake(CONFIG, TrunkPair.OVERLAY.identity(0),
                    TrunkPair.OVERLAY.node(1), random);
            byte[] first = handshake.first();
            victim.onBytes(0, first, 0, first.length);
            handshake.feed(buffer, 0, victim.take(0, buffer, 0));
            assertThat(handshake.onSecond()).isNull();
            records = handshake.records();
            say();
            assertThat(victim.pollEvent()).isInstanceOf(TrunkEvent.Opened.class);
        }

        void say(byte... frames) {
            victim.onBytes(0, buffer, 0, seal(frames));
        }

        /** Into the buffer. */
        int seal(byte... frames) {
            System.arraycopy(frames, 0, buffer, records.prefix(), frames.length);
            return records.seal(buffer, 0, frames.length);
        }

        /** Why the victim closed, or null; other events are dropped. */
        String closed() {
            String reason = "";
            for (TrunkEvent event = victim.pollEvent(); event != null; event = victim.pollEvent())
                if (event instanceof TrunkEvent.Closed closed)
                    reason = closed.reason().name();
            return reason;
        }

        /** What it tells the other end when it closes. */
        int farewell() {
            int length = victim.take(0, buffer, 0);
            records.feed(buffer, 0, length);
            ByteBuffer frames = records.open();
            return frames == null || frames.get(0) != TrunkFrames.CLOSE ? -1 : frames.get(5);
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource({"07 00000001, BAD_FRAME", "ff 00000001, BAD_FRAME", "01, BAD_FRAME", "01 000000, BAD_FRAME",
            "01 00000001, BAD_FRAME", "01 00000001 00, BAD_FRAME", "01 00000001 0000, BAD_FRAME",
            "01 00000001 0002 aa, BAD_FRAME", "01 00000001 ffff aa, BAD_FRAME", "00 01, BAD_FRAME",
            "00 00000000 01, BAD_FRAME", "01 00000000 0001 aa, WRONG_STREAM", "01 00000002 0001 aa, WRONG_STREAM",
            "01 ffffffff 0001 aa, WRONG_STREAM", "01 00000001 0001 aa 01 00000001 0001 aa, WRONG_STREAM",
            "01 00000003 0001 aa 01 00000001 0001 aa, WRONG_STREAM",
            "01 00000001 0001 aa 01 00000003 0001 aa 01 00000005 0001 aa, TOO_MANY_STREAMS",
            "02 00000001 0001 aa, UNKNOWN_STREAM", "02 00000002 0001 aa, UNKNOWN_STREAM",
            "03 00000001 00000001, UNKNOWN_STREAM", "04 00000001, UNKNOWN_STREAM", "05 00000001 00, UNKNOWN_STREAM",
            "01 00000001 0001 aa 02 00000001 0000, BAD_FRAME", "01 00000001 0001 aa 02 00000001 0005 aa, BAD_FRAME",
            "01 00000001 0001 aa 03 00000001 0000, BAD_FRAME", "01 00000001 0001 aa 05 00000001, BAD_FRAME",
            "01 00000001 0001 aa 03 00000001 00000001, TOO_MUCH_CREDIT",
            "01 00000001 0001 aa 03 00000001 00000000, TOO_MUCH_CREDIT",
            "01 00000001 0001 aa 03 00000001 80000000, TOO_MUCH_CREDIT",
            "01 00000001 0001 aa 03 00000001 7fffffff, TOO_MUCH_CREDIT",
            "01 00000001 0001 aa 04 00000001 02 00000001 0001 aa, AFTER_END",
            "01 00000001 0001 aa 04 00000001 04 00000001, AFTER_END",
            "01 00000001 0001 aa 05 00000001 00 02 00000001 0001 aa, AFTER_END",
            "01 00000001 0001 aa 05 00000001 00 04 00000001, AFTER_END"})
    void whatBreaksTheProtocolClosesTheTrunkWithTheReason(String frames, String reason) {
        Rogue rogue = new Rogue();
        rogue.say(hex(frames));
        assertThat(rogue.closed()).isEqualTo(reason);
        assertThat(rogue.farewell()).isEqualTo(TrunkClose.valueOf(reason).code());
        rogue.say(hex("01 00000009 0001 aa"));
        assertThat(rogue.victim.pollEvent()).as("nothing is heard afterwards").isNull();
        assertThat(rogue.victim.streams()).isZero();
    }

    @Test
    void paddingAndUnknownReasonsAreFine() {
        Rogue rogue = new Rogue();
        rogue.say(hex("00 0000000000000000"));
        rogue.say(hex("01 00000001 0001 aa 05 00000001 fe"));
        assertThat(rogue.closed()).isEmpty();
        assertThat(rogue.victim.streams()).isOne();
        rogue.records.feed(buffer, 0, rogue.victim.take(0, buffer, 0)); // the answer
        assertThat(rogue.records.open()).isEqualTo(ByteBuffer.wrap(hex("05 00000001 00")));
        assertThat(rogue.victim.streams()).isZero();
        rogue.say(hex("03 00000001 00000001"));
        rogue.say(hex("05 00000001 00"));
        assertThat(rogue.closed()).as("they may have crossed the end").isEmpty();
        rogue.say(hex("06 00000000 00"));
        assertThat(rogue.closed()).isEqualTo("FINISHED");
    }

    @Test
    void noByteBeyondTheCredit() {
        Rogue rogue = new Rogue();
        rogue.say(hex("01 00000001 0001 aa"));
        byte[] data = new byte[7 + 8_192];
        ByteBuffer.wrap(data).put(TrunkFrames.DATA).putInt(1).putShort((short) 8_192);
        for (int i = 0; i < 8; i++)
            rogue.say(data);
        assertThat(rogue.closed()).isEmpty();
        assertThat(rogue.victim.readable(1)).isEqualTo(Trunk.CREDIT);
        rogue.say(hex("02 00000001 0001 aa"));
        assertThat(rogue.closed()).isEqualTo("OVER_CREDIT");
    }

    @Test
    void aStreamGivenUpHereStillBindsTheOtherEndToItsCredit() {
        Rogue rogue = new Rogue();
        rogue.say(hex("01 00000001 0001 aa"));
        rogue.victim.resetStream(1, ResetReason.REFUSED);
        byte[] data = new byte[7 + 8_192];
        ByteBuffer.wrap(data).put(TrunkFrames.DATA).putInt(1).putShort((short) 8_192);
        for (int i = 0; i < 8; i++)
            rogue.say(data);
        assertThat(rogue.closed()).isEmpty();
        assertThat(rogue.victim.readable(1)).isZero();
        rogue.say(hex("02 00000001 0001 aa"));
        assertThat(rogue.closed()).isEqualTo("OVER_CREDIT");
    }

    @Test
    void absurdLengthsAreKnownBeforeTheirBytes() {
        for (int length : new int[]{0, 15, TrunkRecords.MAX_PLAIN + 17, 65_535}) {
            Rogue rogue = new Rogue();
            rogue.victim.onBytes(0, new byte[]{(byte) (length >> 8), (byte) length}, 0, 2);
            assertThat(rogue.closed()).isEqualTo("BAD_LENGTH");
        }
    }

    @Test
    void everyChangedByteOfARecordIsFound() {
        for (int at = 0; at < 40; at++) {
            Rogue rogue = new Rogue();
            int length = rogue.seal(hex("01 00000001 0001 aa" + "00".repeat(14)));
            buffer[at] ^= (byte) (1 << random.nextInt(8));
            byte[] more = Arrays.copyOf(buffer, TrunkRecords.MAX_RECORD + 100);
            rogue.victim.onBytes(0, more, 0, length);
            rogue.victim.onBytes(0, more, 0, TrunkRecords.MAX_RECORD + 100); // so that a longer length is reached
            assertThat(rogue.closed()).as("byte %d", at).isIn("NOT_AUTHENTIC", "BAD_LENGTH");
            assertThat(rogue.victim.streams()).isZero();
        }
    }

    @Test
    void recordsRepeatedOrLostOrOutOfOrderAreFound() {
        Rogue repeated = new Rogue();
        int length = repeated.seal(hex("01 00000001 0001 aa"));
        repeated.victim.onBytes(0, buffer, 0, length);
        assertThat(repeated.closed()).isEmpty();
        repeated.victim.onBytes(0, buffer, 0, length);
        assertThat(repeated.closed()).isEqualTo("NOT_AUTHENTIC");
        Rogue lost = new Rogue();
        lost.seal(hex("01 00000001 0001 aa"));
        length = lost.seal(hex("01 00000003 0001 aa"));
        lost.victim.onBytes(0, buffer, 0, length);
        assertThat(lost.closed()).isEqualTo("NOT_AUTHENTIC");
    }

    @Test
    void mutatedHandshakesNeverOpen() {
        byte[] valid = new byte[200];
        Trunk opener = Trunk.opener(CONFIG, TrunkPair.OVERLAY.identity(0), TrunkPair.OVERLAY.node(1), random, 0);
        byte[] first = Arrays.copyOf(valid, opener.take(0, valid, 0));
        System.arraycopy(valid, 0, first, 0, first.length);
        Set<String> reasons = new LinkedHashSet<>();
        for (int i = 0; i < 500; i++) {
            byte[] mutant = Draws.mutate(random, first);
            if (Arrays.equals(mutant, first) || mutant.length > first.length && Arrays
                    .equals(Arrays.copyOf(mutant, first.length), first))
                continue;
            Trunk victim = Trunk.acceptor(CONFIG, TrunkPair.OVERLAY.identity(1), TrunkPair.OVERLAY.list, random, 0);
            victim.onBytes(0, mutant, 0, mutant.length);
            assertThat(victim.take(0, buffer, 0)).isZero();
            for (TrunkEvent event = victim.pollEvent(); event != null; event = victim.pollEvent())
                reasons.add(event.toString());
        }
        assertThat(reasons).hasSize(2).anyMatch(text -> text.contains("BAD_HANDSHAKE"))
                .anyMatch(text -> text.contains("WRONG_VERSION"));
    }

    /** Frames that are well sealed and mutated: the trunk goes on or closes with a reason, and never holds too much. */
    @Test
    void mutatedFramesNeverThrow() {
        byte[] valid = hex("01 00000001 0003 aabbcc 02 00000001 0005 0102030405 03 00000001 00000010 04 00000001 "
                + "01 00000003 0001 aa 02 00000003 0002 0102 05 00000003 01 00 00000000");
        Set<String> reasons = new LinkedHashSet<>();
        for (int i = 0; i < 50_000; i++) {
            ArrayDeque<TrunkEvent> events = new ArrayDeque<>();
            TrunkStreams streams = new TrunkStreams(false, 2, 2, events);
            TrunkClose wrong = null;
            for (int records = 0; records < 3 && wrong == null; records++) {
                wrong = streams.onFrames(ByteBuffer.wrap(Draws.mutate(random, valid)));
                assertThat(streams.size()).isLessThanOrEqualTo(2);
                streams.emit(new TrunkFrames(ByteBuffer.allocate(1_008)));
            }
            streams.reset(1, ResetReason.CANCELLED);
            streams.emit(new TrunkFrames(ByteBuffer.allocate(1_008)));
            assertThat(streams.hasDue()).isFalse();
            reasons.add(String.valueOf(wrong));
        }
        assertThat(reasons).contains("BAD_FRAME", "WRONG_STREAM", "UNKNOWN_STREAM", "AFTER_END");
    }
}
