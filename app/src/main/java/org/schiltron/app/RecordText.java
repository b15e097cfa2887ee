package org.schiltron.app;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.schiltron.proof.Delegation;
import org.schiltron.proof.Delegation.Use;
import org.schiltron.proof.PublicKey;
import org.schiltron.proof.RecordItems;
import org.schiltron.proof.ServiceRecord;
import org.schiltron.proof.ServiceRecord.ListName;
import org.schiltron.proof.Succession;
import tools.jackson.databind.node.ObjectNode;

/** A record as a person or a program reads it. */
final class RecordText {
    private static final String PREFIX = "schiltron-record-";

    private RecordText() {
    }

    /** @param textOrFile a record's text, or a file with it, perhaps beside successions and signatures for the DHT */
    static ServiceRecord read(String textOrFile) {
        if (textOrFile.startsWith(PREFIX))
            return TextFiles.read(textOrFile, PREFIX, ServiceRecord::parse);
        return read(Path.of(textOrFile));
    }

    static ServiceRecord read(Path file) {
        List<String> lines = TextFiles.lines(file).stream()
                .filter(line -> !Succession.isText(line) && !RecordItems.isText(line)).toList();
        try {
            if (lines.size() == 1)
                return ServiceRecord.parse(lines.getFirst());
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.FILE, file + ": " + e.getMessage(), e);
        }
        throw new Failure(Exit.FILE, file + ": " + lines.size() + " records, one is expected");
    }

    /** As {@link #read(Path)}, and it holds now. */
    static ServiceRecord readValid(Path file) {
        ServiceRecord record = read(file);
        String problem = record.check(record.content().service(), Lifetime.nowEpochSeconds());
        if (problem != null)
            throw new Failure(Exit.FILE, file + ": " + problem);
        return record;
    }

    static PublicKey key(String option, String text) {
        try {
            return PublicKey.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, option + ": " + e.getMessage(), e);
        }
    }

    static List<String> kinds(int kinds) {
        List<String> names = new ArrayList<>();
        if ((kinds & ServiceRecord.HASH_PUZZLES) != 0)
            names.add("hash");
        if ((kinds & ServiceRecord.EQUIX_PUZZLES) != 0)
            names.add("equix");
        if ((kinds & ServiceRecord.TOKENS) != 0)
            names.add("tokens");
        return names;
    }

    private static String time(long epochSeconds) {
        return Instant.ofEpochSecond(epochSeconds).toString();
    }

    private static List<String> uses(Delegation delegation) {
        return delegation.uses().stream().map(Use::label).toList();
    }

    static List<String> lines(ServiceRecord record) {
        ServiceRecord.Content content = record.content();
        List<String> lines = new ArrayList<>(List.of("service: " + content.service(), "version: " + content.version(),
                "issued: " + time(content.issuedEpochSeconds()), "expires: " + time(content.expiresEpochSeconds()),
                "at the door: "
                        + (content.kinds() == 0 ? "nothing is asked" : String.join(", ", kinds(content.kinds())))));
        Delegation delegation = content.delegation();
        if (delegation != null)
            lines.add("delegate: " + delegation.delegate() + " for " + String.join(", ", uses(delegation)) + " until "
                    + time(delegation.expiresEpochSeconds()));
        if (!content.handshakeKey().equals(content.service()))
            lines.add("handshakes: by the delegate");
        content.contacts().forEach(contact -> lines.add("contact: " + contact));
        ListName list = content.list();
        if (list != null)
            lines.add("swarm list: " + FileSource.fileName(list) + " (" + list.length() + " bytes)");
        return lines;
    }

    static ObjectNode json(ServiceRecord record) {
        ServiceRecord.Content content = record.content();
        ObjectNode node = Json.MAPPER.createObjectNode().put("service", content.service().text())
                .put("version", content.version()).put("issued", time(content.issuedEpochSeconds()))
                .put("expires", time(content.expiresEpochSeconds()))
                .put("handshakeKey", content.handshakeKey().text());
        var kinds = node.putArray("kinds");
        kinds(content.kinds()).forEach(kinds::add);
        var contacts = node.putArray("contacts");
        content.contacts().forEach(contact -> contacts.add(contact.toString()));
        Delegation delegation = content.delegation();
        if (delegation != null) {
            var uses = node.putObject("delegation").put("delegate", delegation.delegate().text())
                    .put("expires", time(delegation.expiresEpochSeconds())).putArray("uses");
            uses(delegation).forEach(uses::add);
        }
        ListName list = content.list();
        if (list != null)
            node.putObject("swarmList").put("sha256", list.sha256()).put("bytes", list.length());
        return node;
    }
}
