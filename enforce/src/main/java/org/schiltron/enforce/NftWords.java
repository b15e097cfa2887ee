package org.schiltron.enforce;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Has nftables write secondary keys: the table {@code inet schiltron_edge_N_PID} of this process's network namespace. Each change is one transaction of the kernel.
 *
 * <p>The table stays when the process ends without {@link #close}. The next one that opens removes those of processes that are gone, if it can see that; N is of
 * the process namespace, so that none takes another container's for such. One that is left does no harm: where two write into a packet, the one that was opened
 * later does so last. Their priorities are the seconds of the clock, all of them before those of NAT, behind which a packet may have another destination.
 */
public final class NftWords implements WordWriter {
    private static final String BEGIN = "schiltron_edge_";
    private static final Path PROCESSES = Path.of("/proc");
    private static final Pattern NAMESPACE = Pattern.compile("pid:\\[([0-9]{1,20})\\]");
    /** Takes some hundredths of a second; whoever waits for it changes nothing else meanwhile. */
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final int FIRST_PRIORITY = -2_000_000_000;
    private static final int LAST_PRIORITY = -1_000; // NAT's is -100
    private static final long FIRST_SECOND = 1_700_000_000;

    private final Nft nft = new Nft(List.of(), LONGEST);
    private final String mine;
    private final String table;
    private final long priority;

    /**
     * @param epochMs the time
     * @throws IOException if nft is missing or may not, or this is not Linux
     */
    public NftWords(long epochMs) throws IOException {
        Matcher namespace = NAMESPACE.matcher(Files.readSymbolicLink(PROCESSES.resolve("self/ns/pid")).toString());
        if (!namespace.matches())
            throw new IOException("cannot tell which namespace this process is in");
        mine = BEGIN + namespace.group(1) + "_";
        table = mine + ProcessHandle.current().pid();
        priority = Math.clamp(FIRST_PRIORITY + (epochMs / 1_000 - FIRST_SECOND), FIRST_PRIORITY, LAST_PRIORITY);
        if (Files.exists(PROCESSES.resolve("1"))) // else processes of others are hidden, and only seem to be gone
            removeOfTheDead();
        write(List.of());
    }

    private void removeOfTheDead() throws IOException {
        Pattern left = Pattern.compile("table inet (" + mine + "([0-9]{1,10}))");
        for (String line : nft.run(List.of("list", "tables", "inet"), "").lines().toList()) {
            Matcher found = left.matcher(line);
            if (found.matches() && !Files.exists(PROCESSES.resolve(found.group(2))))
                nft.load(removal(found.group(1)));
        }
    }

    /** Also where it is gone already. */
    private static String removal(String table) {
        return "table inet " + table + "\ndelete table inet " + table + "\n";
    }

    @Override
    public void write(List<Sending> all) throws IOException {
        StringBuilder text = new StringBuilder(removal(table)).append("table inet ").append(table)
                .append(" {\n\tchain output {\n\t\ttype filter hook output priority ").append(priority)
                .append("; policy accept;\n");
        for (Sending one : all)
            text.append("\t\t").append(line(one)).append('\n');
        nft.load(text.append("\t}\n}\n").toString());
    }

    private static String line(Sending one) {
        String family = one.isIpv4() ? "ip" : "ip6";
        String ports = one.place().isOfTcp() ? "tcp" : "th";
        return (one.from() == null ? "" : family + " saddr " + text(one.from()) + " ")
                + family + " daddr " + text(one.to().getAddress())
                + (one.place().isOfTcp() ? "" : " meta l4proto { tcp, udp }")
                + (one.ports() == null
                        ? ""
                        : " " + ports + " sport " + one.ports().first() + "-" + one.ports().last())
                + " " + ports + " dport " + one.to().getPort() + one.place().statements(one.key(), one.isIpv4());
    }

    /** Without the interface of a link-local one. */
    private static String text(InetAddress address) {
        return address.getHostAddress().replaceFirst("%.*", "");
    }

    @Override
    public void close() throws IOException {
        nft.load(removal(table));
    }
}
