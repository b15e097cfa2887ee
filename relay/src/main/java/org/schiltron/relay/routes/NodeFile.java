package org.schiltron.relay.routes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.schiltron.edge.Node;
import org.schiltron.edge.NodeList;
import org.schiltron.edge.NodeRole;
import org.schiltron.proof.HostPort;
import org.schiltron.proof.PublicKey;

/**
 * The list of an overlay's nodes as a file: a line for each node with its name, where its trunks are accepted, its key,
 * and its roles, or {@code -} for one that only relays. What follows a {@code #} is for people.
 *
 * <pre>
 * # name   address             key             roles
 * paris    192.0.2.1:4434      b3xq...         ingress,egress
 * oslo     [2001:db8::7]:4434  k2ad...         beacon
 * lima     lima.example:4434   9fj0...         -
 * </pre>
 */
public final class NodeFile {
    /** Longest file that is read: as many nodes as a list has, and room for comments. */
    private static final int MAX_BYTES = NodeList.MAX_NODES * 512;

    private NodeFile() {
    }

    /**
     * @throws IOException              if it cannot be read, or is longer than 2 MiB
     * @throws IllegalArgumentException that says in which line what is wrong
     */
    public static NodeList read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES)
            throw new IOException(file + ": a list of nodes has at most " + MAX_BYTES + " bytes");
        return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
    }

    /**
     * @param file its name, for messages
     * @throws IllegalArgumentException that says in which line what is wrong
     */
    public static NodeList parse(String file, String text) {
        List<Node> nodes = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\\R", -1)) {
            number++;
            int comment = line.indexOf('#');
            String entry = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (entry.isEmpty())
                continue;
            try {
                nodes.add(node(entry.split("\\s+")));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + ":" + number + ": " + e.getMessage(), e);
            }
        }
        try {
            return new NodeList(nodes);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static Node node(String[] words) {
        if (words.length != 4)
            throw new IllegalArgumentException(
                    "a node has four words, name, address, key and roles (- for none), not " + words.length);
        return new Node(words[0], HostPort.parse(words[1]), PublicKey.parse(words[2]), roles(words[3]));
    }

    private static Set<NodeRole> roles(String text) {
        Set<NodeRole> roles = EnumSet.noneOf(NodeRole.class);
        if (text.equals("-"))
            return roles;
        for (String role : text.split(",", -1))
            if (!roles.add(NodeRole.parse(role)))
                throw new IllegalArgumentException("the role " + role + " stands twice");
        return roles;
    }
}
