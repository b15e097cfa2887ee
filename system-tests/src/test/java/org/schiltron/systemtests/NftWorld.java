package org.schiltron.systemtests;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.schiltron.filter.PacketText;

/** Rules and packets by lot, of few bits each, so that they meet. */
final class NftWorld {
    private final Random random;
    private final double addresses;

    /** @param addresses the share of rules that name sources or destinations */
    NftWorld(Random random, double addresses) {
        this.random = random;
        this.addresses = addresses;
    }

    static String ipv4(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "." + (address & 255);
    }

    private String list(int most, Supplier<String> one) {
        List<String> all = new ArrayList<>();
        for (int i = random.nextInt(most); i >= 0; i--)
            all.add(one.get());
        return all.stream().distinct().collect(Collectors.joining(", ", "[", "]"));
    }

    /** Prefixes of 0 to 16 bits behind the first 8, in either family. */
    private String source() {
        int bits = random.nextInt(17);
        int low = random.nextInt(65_536) & -1 << (16 - bits);
        return random.nextBoolean()
                ? "\"" + ipv4(11 << 24 | low << 8) + "/" + (8 + bits) + "\""
                : "\"2001:" + Integer.toHexString(low) + "::/" + (16 + bits) + "\"";
    }

    private String destination() {
        int bits = random.nextInt(5);
        int low = random.nextInt(16) & -1 << (4 - bits);
        return random.nextBoolean()
                ? "\"" + ipv4(0xc000_0200 | low << 4) + "/" + (24 + bits) + "\""
                : "\"2001:db8:5:" + Integer.toHexString(low << 12) + "::/" + (48 + bits) + "\"";
    }

    private String port() {
        int first = random.nextInt(8);
        return "\"" + first + "-" + (first + random.nextInt(3)) + "\"";
    }

    /** A file of so many rules. */
    String rules(int count, String fragments) {
        StringBuilder text = new StringBuilder("protects = [\"192.0.2.0/24\", \"2001:db8:5::/48\"]\n");
        text.append("fragments = \"").append(fragments).append("\"\notherwise = \"")
                .append(random.nextBoolean() ? "allow" : "drop").append("\"\n");
        boolean from = true;
        for (int i = 0; i < count; i++) {
            from = random.nextInt(200) == 0 ? !from : from; // long runs of rules alike
            text.append("[[rule]]\n");
            if (random.nextBoolean())
                text.append("name = \"r/").append(i).append("\"\n");
            int action = random.nextInt(5);
            text.append(action < 2
                    ? "do = \"allow\"\n"
                    : action < 4
                            ? "do = \"drop\"\n"
                            : "do = \"limit\"\npackets = 1000000\nburst = 1000000\n");
            if (random.nextDouble() < addresses)
                text.append(from ? "from = " + list(3, this::source) : "to = " + list(2, this::destination))
                        .append('\n');
            if (random.nextInt(5) == 0)
                text.append(from ? "to = " + list(2, this::destination) : "from = " + list(3, this::source))
                        .append('\n');
            conditions(text);
        }
        return text.toString().replaceAll("(?s)(from|to) = ([^\\n]*)\\n\\1 = [^\\n]*\\n", "$1 = $2\n");
    }

    private void conditions(StringBuilder text) {
        switch (random.nextInt(8)) {
            case 0 -> text.append("port = ").append(list(3, this::port)).append('\n');
            case 1 -> text.append("protocol = \"tcp\"\nport = ").append(list(2, this::port)).append('\n');
            case 2 -> text.append("protocol = [\"udp\", \"icmp\"]\n");
            case 3 -> text.append("source-port = ").append(list(2, this::port)).append("\nprotocol = \"udp\"\n");
            case 4 -> text.append("protocol = \"udp\"\nword = [{ at = 1, value = \"0x0000000")
                    .append(random.nextInt(2)).append("\" }]\n");
            case 5 ->
                text.append("protocol = \"tcp\"\nword = [{ at = 2, value = \"0x00000001\", mask = \"0x0000000f\" },"
                        + " { in = \"transport\", at = 0, value = \"0x00010000\", mask = \"0x00010000\" }]\n");
            case 6 ->
                text.append("word = [{ in = \"network\", at = 8, mask = \"0xff000000\", value = \"0x40000000\" }]\n");
            default -> {
            }
        }
    }

    byte[] packet() {
        String protocol = List.of("tcp", "udp", "udp", "icmp").get(random.nextInt(4));
        boolean ipv4 = random.nextBoolean();
        String ports = protocol.equals("icmp") ? "" : ":" + random.nextInt(9);
        String data = switch (random.nextInt(3)) {
            case 0 -> " data=000000000" + random.nextInt(2);
            case 1 -> " len=" + random.nextInt(9);
            default -> " data=0000000000000001 options=" + 4 * random.nextInt(4);
        };
        String fragment = switch (random.nextInt(12)) {
            case 0 -> " mf=1 len=40";
            case 1 -> " off=64";
            default -> "";
        };
        if (data.contains("len"))
            fragment = fragment.replace(" len=40", "");
        if (ipv4)
            return PacketText.packet(protocol + " " + ipv4(11 << 24 | random.nextInt(1 << 24)) + ports + " > "
                    + ipv4(0xc000_0200 | random.nextInt(300)) + ports + data + fragment);
        return PacketText.packet(
                protocol + " [2001:" + Integer.toHexString(random.nextInt(65_536)) + "::1]" + ports + " > [2001:db8:5:"
                        + Integer.toHexString(random.nextInt(65_536)) + "::1]" + ports + data
                        + (fragment.isEmpty() ? "" : fragment + " ext=frag"));
    }
}
