package org.schiltron.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads what a capture says, from the formats' documents, and checks lengths and sums. */
final class PcapReader {
    /** @param wireLength of the IP packet */
    record Packet(long timeNs, String source, String destination, byte[] payload, int wireLength) {
    }

    private PcapReader() {
    }

    static List<Packet> read(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(in.getInt()).as("magic").isEqualTo(0xa1b2_3c4d);
        assertThat(in.getShort()).isEqualTo((short) 2);
        assertThat(in.getShort()).isEqualTo((short) 4);
        assertThat(in.getLong()).isZero();
        int most = in.getInt();
        assertThat(in.getInt()).as("raw IP").isEqualTo(101);
        List<Packet> packets = new ArrayList<>();
        while (in.hasRemaining()) {
            long timeNs = in.getInt() * 1_000_000_000L + in.getInt();
            int length = in.getInt();
            assertThat(in.getInt()).isEqualTo(length).isLessThanOrEqualTo(most);
            byte[] packet = new byte[length];
            in.get(packet);
            packets.add(packet(timeNs, packet));
        }
        return packets;
    }

    private static Packet packet(long timeNs, byte[] bytes) {
        ByteBuffer ip = ByteBuffer.wrap(bytes);
        int version = bytes[0] >>> 4;
        int header = version == 4 ? 20 : 40;
        int protocol = version == 4 ? bytes[9] : bytes[6];
        assertThat(protocol).as("UDP").isEqualTo(17);
        assertThat(version == 4 ? ip.getShort(2) & 0xffff : (ip.getShort(4) & 0xffff) + 40).isEqualTo(bytes.length);
        int addresses = version == 4 ? 12 : 8;
        int size = version == 4 ? 4 : 16;
        if (version == 4)
            assertThat(sum(bytes, 0, 20, 0)).as("sum of the IP header").isEqualTo(0xffff);
        int udpLength = ip.getShort(header + 4) & 0xffff;
        assertThat(udpLength).isEqualTo(bytes.length - header);
        long pseudo = sum(bytes, addresses, 2 * size, 0) + 17 + udpLength;
        assertThat(sum(bytes, header, udpLength, pseudo)).as("sum of UDP").isEqualTo(0xffff);
        return new Packet(timeNs, address(bytes, addresses, size) + ":" + (ip.getShort(header) & 0xffff),
                address(bytes, addresses + size, size) + ":" + (ip.getShort(header + 2) & 0xffff),
                Arrays.copyOfRange(bytes, header + 8, bytes.length), bytes.length);
    }

    private static long sum(byte[] bytes, int from, int length, long start) {
        long sum = start;
        for (int i = 0; i < length; i++)
            sum += (bytes[from + i] & 0xffL) << (i % 2 == 0 ? 8 : 0);
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >>> 16);
        return sum;
    }

    private static String address(byte[] bytes, int from, int size) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < size; i++)
            parts.add(size == 4 ? Integer.toString(bytes[from + i] & 0xff) : String.format("%02x", bytes[from + i]));
        return String.join(size == 4 ? "." : "", parts);
    }
}
