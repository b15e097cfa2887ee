package org.schiltron.enforce;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.schiltron.filter.SecondaryKey;

/**
 * Has nftables write secondary keys (Mayday, section 4.1) into what this machine sends, since sockets cannot: the table {@code inet schiltron_edge_N_PID} of
 * this process's network namespace, of which no other table of the machine takes notice. Each change is one transaction of the kernel.
 *
 * <p>The table stays when the process ends without {@link #close}. The next one that opens removes those of processes that are gone: N is of the process
 * namespace, so that none takes another container's for such.
 */
public final class NftWords implements AutoCloseable {
    private static final String BEGIN = "schiltron_edge_";
    private static final Path PROCESSES = Path.of("/proc");
    private static final Pattern NAMESPACE = Pattern.compile("pid:\\[([0-9]{1,20})\\]");

    /**
     * Packets, and what is written into them.
     *
     * @param from the address they are sent from; null if it does not matter
     * @param to   where they go: TCP or UDP, as the key's fields allow. Resolved
     * @param key  of so many bits as the place has
     */
    public record Sending(@Nullable InetAddress from, InetSocketAddress to, SecondaryKey place, int key) {
        /** Without the key, which does not belong into a log. */
        @Override
        public String toString() {
            return "a secondary key of " + place.bits() + " bits";
        }

        private String line() {
            boolean ipv4 = to.getAddress() instanceof Inet4Address;
            String family = ipv4 ? "ip" : "ip6";
            return (from == null ? "" : family + " saddr " + from.getHostAddress() + " ")
                    + family + " daddr " + to.getAddress().getHostAddress()
                    + (place.isOfTcp() ? " tcp dport " : " meta l4proto { tcp, udp } th dport ") + to.getPort()
                    + place.statements(key, ipv4);
        }
    }

    private final Nft nft = new Nft(List.of());
    private final String mine;
    private final String table;

    /** @throws IOException if nft is missing or may not, or this is not Linux */
    public NftWords() throws IOException {
        Matcher namespace = NAMESPACE.matcher(Files.readSymbolicLink(PROCESSES.resolve("self/ns/pid")).toString());
        if (!namespace.matches())
            throw new IOException("cannot tell which namespace this process is in");
        mine = BEGIN + namespace.group(1) + "_";
        table = mine + ProcessHandle.current().pid();
        removeOfTheDead();
        write(List.of());
    }

    private void removeOfTheDead() throws IOException {
        Pattern left = Pattern.compile("table inet (" + mine + "([0-9]{1,10}))");
        for (String line : nft.run(List.of("list", "tables", "inet"), "").lines().toList()) {
            Matcher found = left.matcher(line);
            if (found.matches() && !Files.exists(PROCESSES.resolve(found.group(2))))
                nft.load("delete table inet " + found.group(1) + "\n");
        }
    }

    /**
     * Writes these from now on, and no others.
     *
     * @param all the later one counts where a packet is meant by two
     */
    public void write(List<Sending> all) throws IOException {
        StringBuilder text = new StringBuilder("table inet ").append(table).append("\ndelete table inet ").append(table)
                .append("\ntable inet ").append(table).append(" {\n\tchain output {\n")
                .append("\t\ttype filter hook output priority mangle; policy accept;\n");
        for (Sending one : all)
            text.append("\t\t").append(one.line()).append('\n');
        nft.load(text.append("\t}\n}\n").toString());
    }

    @Override
    public void close() throws IOException {
        nft.load("delete table inet " + table + "\n");
    }
}
