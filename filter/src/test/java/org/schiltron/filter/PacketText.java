package org.schiltron.filter;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * IP packets from one line of text each, right or wrong on purpose:
 *
 * <pre>
 * PROTOCOL SOURCE[:PORT] > DESTINATION[:PORT] [KEY=VALUE ...]
 * </pre>
 *
 * PROTOCOL is tcp, udp, icmp, icmpv6 or a number. Keys: {@code data} payload in hexadecimal, {@code len} so many zero bytes more; {@code mf=1} more fragments follow, {@code off} offset of a fragment in bytes;
 * {@code options} bytes of IPv4 or TCP options, all no-ops; {@code ext} IPv6 extension headers such as {@code hop,dst,frag}; {@code doff}, {@code ihl}, {@code total}, {@code udplen} say something else than the truth;
 * {@code cut} bytes are all there are of it; {@code pad} bytes follow it; {@code hops} what is left of it (64); {@code flow} the flow label of IPv6; and
 * messages of Schiltron, each about numbered nonces: {@code get=1,2} asks for packets, {@code untake=1} takes that back, {@code answer=1} is one; {@code post=3}, {@code first=3}; {@code cookie-request=4}, {@code cookie=4}.
 */
public final class PacketText {
    private static final int TCP = 6;
    private static final int UDP = 17;

    private final boolean ipv4;
    private final Prefix source;
    private final Prefix destination;
    private final int sourcePort;
    private final int port;
    private final int protocol;
    private final Map<String, String> keys = new LinkedHashMap<>();

    private PacketText(String text) {
        String[] words = text.strip().split(" +");
        if (words.length < 4 || !words[2].equals(">"))
            throw new IllegalArgumentException(text);
        protocol = switch (words[0]) {
            case "tcp" -> TCP;
            case "udp" -> UDP;
            case "icmp" -> 1;
            case "icmpv6" -> 58;
            default -> Integer.parseInt(words[0]);
        };
        ipv4 = words[1].indexOf('.') >= 0;
        source = Prefix.parse(address(words[1]));
        destination = Prefix.parse(address(words[3]));
        sourcePort = portOf(words[1]);
        port = portOf(words[3]);
        for (String word : List.of(words).subList(4, words.length)) {
            int equals = word.indexOf('=');
            keys.put(word.substring(0, equals), word.substring(equals + 1));
        }
    }

    public static byte[] packet(String text) {
        return new PacketText(text).bytes();
    }

    /** {@code 192.0.2.1:80} or {@code [2001:db8::1]:80}, with or without the port. */
    private static String address(String text) {
        if (text.startsWith("["))
            return text.substring(1, text.indexOf(']'));
        return text.indexOf('.') >= 0 ? text.split(":", -1)[0] : text;
    }

    private static int portOf(String text) {
        int colon = text.indexOf('.') >= 0 ? text.indexOf(':') : text.indexOf("]:") + 1;
        return colon > 0 ? Integer.parseInt(text.substring(colon + 1)) : 0;
    }

    private int number(String key, int fallback) {
        return Integer.parseInt(keys.getOrDefault(key, Integer.toString(fallback)));
    }

    private byte[] bytes() {
        byte[] transport = number("off", 0) > 0 ? data() : transport();
        byte[] packet = ipv4 ? ipv4(transport) : ipv6(transport);
        int length = Math.min(packet.length, number("cut", packet.length)) + number("pad", 0);
        return java.util.Arrays.copyOf(packet, length);
    }

    private byte[] data() {
        byte[] given = Messages.isMessage(keys)
                ? Messages.of(keys)
                : HexFormat.of().parseHex(keys.getOrDefault("data", ""));
        return java.util.Arrays.copyOf(given, given.length + number("len", 0));
    }

    private byte[] transport() {
        byte[] data = data();
        if (protocol == UDP) {
            byte[] udp = ByteBuffer.allocate(8 + data.length).putShort((short) sourcePort).putShort((short) port)
                    .putShort((short) number("udplen", 8 + data.length)).putShort((short) 0).put(data).array();
            putSum(udp, 6);
            return udp;
        }
        if (protocol == TCP) {
            int options = number("options", 0);
            ByteBuffer tcp = ByteBuffer.allocate(20 + options + data.length).putShort((short) sourcePort)
                    .putShort((short) port).putInt(1).putInt(0).put((byte) (number("doff", 5 + options / 4) << 4))
                    .put((byte) 2).putShort((short) 1_000).putInt(0);
            for (int i = 0; i < options; i++)
                tcp.put((byte) 1);
            byte[] segment = tcp.put(data).array();
            putSum(segment, 16);
            return segment;
        }
        return data;
    }

    /** RFC 1071, over the addresses too. */
    private void putSum(byte[] transport, int at) {
        long sum = protocol + (long) transport.length;
        for (Prefix address : List.of(source, destination)) {
            for (int shift = 48; shift >= 0; shift -= 16)
                sum += (ipv4 ? 0 : address.high() >>> shift & 0xffff)
                        + (ipv4 && shift > 16 ? 0 : address.low() >>> shift & 0xffff);
        }
        int folded = fold(sum + sum(transport));
        int right = protocol == UDP && folded == 0 ? 0xffff : folded;
        transport[at] = (byte) (right >>> 8);
        transport[at + 1] = (byte) right;
    }

    private static long sum(byte[] bytes) {
        long sum = 0;
        for (int i = 0; i < bytes.length; i++)
            sum += (bytes[i] & 0xffL) << ((i & 1) == 0 ? 8 : 0);
        return sum;
    }

    private static int fold(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0)
            folded = (folded & 0xffff) + (folded >>> 16);
        return (int) ~folded & 0xffff;
    }

    private byte[] ipv4(byte[] transport) {
        int options = protocol == TCP ? 0 : number("options", 0);
        int header = 20 + options;
        int fragment = number("mf", 0) << 13 | number("off", 0) / 8;
        ByteBuffer packet = ByteBuffer.allocate(header + transport.length);
        packet.put((byte) (4 << 4 | number("ihl", header / 4))).put((byte) 0)
                .putShort((short) number("total", header + transport.length)).putShort((short) 7)
                .putShort((short) fragment).put((byte) number("hops", 64)).put((byte) protocol).putShort((short) 0)
                .putInt((int) source.low()).putInt((int) destination.low());
        for (int i = 0; i < options; i++)
            packet.put((byte) 1);
        byte[] bytes = packet.put(transport).array();
        int sum = fold(sum(java.util.Arrays.copyOf(bytes, header)));
        bytes[10] = (byte) (sum >>> 8);
        bytes[11] = (byte) sum;
        return bytes;
    }

    private byte[] ipv6(byte[] transport) {
        List<String> extensions = keys.containsKey("ext")
                ? List.of(keys.getOrDefault("ext", "").split(","))
                : List.of();
        ByteBuffer all = ByteBuffer.allocate(transport.length + 24 * extensions.size());
        for (int i = 0; i < extensions.size(); i++) {
            int next = i + 1 < extensions.size() ? extension(extensions.get(i + 1)) : protocol;
            if (extensions.get(i).equals("frag"))
                all.put((byte) next).put((byte) 0).putShort((short) (number("off", 0) & 0xfff8 | number("mf", 0)))
                        .putInt(9);
            else if (extensions.get(i).equals("ah"))
                all.put((byte) next).put((byte) 4).put(new byte[22]);
            else if (extensions.get(i).equals("route"))
                all.put((byte) next).put((byte) 0).put((byte) 253).put((byte) 0).putInt(0);
            else
                all.put((byte) next).put((byte) 0).put((byte) 1).put((byte) 4).putInt(0); // PadN
        }
        all.put(transport).flip();
        int first = extensions.isEmpty() ? protocol : extension(extensions.getFirst());
        return ByteBuffer.allocate(40 + all.remaining()).putInt(6 << 28 | number("flow", 0))
                .putShort((short) number("total", all.remaining()))
                .put((byte) first).put((byte) number("hops", 64)).putLong(source.high()).putLong(source.low())
                .putLong(destination.high()).putLong(destination.low()).put(all).array();
    }

    private static int extension(String name) {
        return switch (name) {
            case "hop" -> 0;
            case "route" -> 43;
            case "frag" -> 44;
            case "ah" -> 51;
            case "dst" -> 60;
            default -> throw new IllegalArgumentException(name);
        };
    }
}
