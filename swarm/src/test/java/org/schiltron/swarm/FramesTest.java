package org.schiltron.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.schiltron.machine.SeededRandom;

/** The vectors of docs/PROTOCOL.md, "Sessions", and readers under damaged input. */
class FramesTest {
    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void framesAreWrittenAsDocumented() {
        assertThat(hex(Frames.open(1, "web"))).isEqualTo("040103776562");
        assertThat(hex(Frames.reset(7))).isEqualTo("0507");
        assertThat(hex(Frames.credit(1, 131_072))).isEqualTo("060180020000");
        assertThat(hex(Frames.close(CloseReason.IDLE))).isEqualTo("0a01");
        assertThat(hex(new SetChange(1, 100, new MailboxSet(new int[]{3, 70}, new int[]{255, 8})).encode()))
                .isEqualTo("080140640203ff404608");
    }

    @Test
    void anAckIsWrittenAsDocumentedAndFitsAShortPacket() {
        Acknowledger acks = new Acknowledger();
        for (long index : new long[]{5, 6, 7, 10, 11, 12})
            acks.onReceived(0, index, true, 100_000_000);
        PacketBuilder packet = new PacketBuilder();
        packet.start(Inbound.IDLE_BODY - PacketBuilder.TAG);
        assertThat(packet.room()).isGreaterThanOrEqualTo(Acknowledger.MIN_ROOM);
        acks.write(1_000_000, packet, 5, 30, 500);
        assertThat(HexFormat.of().formatHex(packet.plain(), 0, packet.length())).isEqualTo("02051e41f443e8020c020102");
    }

    @Test
    void anAckOfManyRangesStaysWithinItsPacket() {
        Acknowledger acks = new Acknowledger();
        for (long i = 0; i < 1_000; i++)
            acks.onReceived(0, (1L << 40) + 3 * i, true, 0);
        PacketBuilder packet = new PacketBuilder();
        packet.start(Inbound.IDLE_BODY - PacketBuilder.TAG);
        acks.write(0, packet, 1L << 40, 1L << 41, 100_000);
        assertThat(packet.room()).isNotNegative();
    }

    @Test
    void variableLengthIntegersAreRfc9000s() {
        byte[] bytes = new byte[8];
        SeededRandom random = new SeededRandom(1);
        for (int i = 0; i < 10_000; i++) {
            long value = random.nextLong() >>> 2 + random.nextInt(62);
            int length = Varint.write(bytes, 0, value);
            assertThat(length).isEqualTo(Varint.length(value));
            FrameReader reader = new FrameReader().over(bytes, 0, length);
            assertThat(reader.varint()).isEqualTo(value);
            assertThat(reader.hasMore() || reader.failed()).isFalse();
            assertThat(new FrameReader().over(bytes, 0, length - 1).varint()).isZero();
        }
        Varint.write(bytes, 0, 151_288_809_941_952_652L); // RFC 9000, appendix A.1
        assertThat(hex(bytes)).isEqualTo("c2197c5eff14e88c");
    }

    @Test
    void aSetChangeReadsBackAndDamagedOnesNeverThrow() {
        byte[] encoded = new SetChange(7, 1_000, new MailboxSet(new int[]{1, 2, 4_095}, new int[]{1, 2, 255})).encode();
        SetChange read = SetChange.read(new FrameReader().over(encoded, 1, encoded.length - 1));
        assertThat(Objects.requireNonNull(read).encode()).isEqualTo(encoded);
        damaged(encoded, bytes -> SetChange.read(new FrameReader().over(bytes, 0, bytes.length)));
    }

    @Test
    void damagedHellosRepliesAndListsNeverThrow() {
        SeededRandom random = new SeededRandom(2);
        byte[] hello = new HelloMessage(random.bytes(32),
                java.util.List.of(org.schiltron.machine.Path.ofIpv4(1, 2))).encode();
        byte[] reply = new ReplyMessage(new int[]{9},
                java.util.List.of(org.schiltron.machine.Path.ofIpv4(3, 4))).encode();
        assertThat(HelloMessage.decode(hello)).isNotNull();
        assertThat(ReplyMessage.decode(reply)).isNotNull();
        damaged(hello, HelloMessage::decode);
        damaged(reply, ReplyMessage::decode);
        byte[] list = random.bytes(2_500);
        ListTransfer transfer = null;
        byte[][] frames = ListTransfer.frames(list);
        for (int i = frames.length - 1; i >= 0; i--) {
            transfer = ListTransfer.onFrame(new FrameReader().over(frames[i], 1, frames[i].length - 1), transfer);
            assertThat(Objects.requireNonNull(transfer).complete()).isEqualTo(i == 0 ? list : null);
        }
        damaged(frames[0], bytes -> ListTransfer.onFrame(new FrameReader().over(bytes, 0, bytes.length), null));
    }

    private static void damaged(byte[] good, java.util.function.Consumer<byte[]> reader) {
        SeededRandom random = new SeededRandom(Long.getLong("schiltron.seed", 3));
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = java.util.Arrays.copyOf(good, random.nextInt(good.length + 4));
            for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--)
                bytes[random.nextInt(bytes.length)] = (byte) random.nextLong();
            reader.accept(bytes);
        }
    }
}
