package org.schiltron.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.schiltron.proof.ClientId;
import org.schiltron.swarm.ClientLimits;

/**
 * Who is banned from a service or has limits of its own, beside the service's key: {@code service.key.bans}. A line is a
 * client's id alone, which is banned, or with its limits behind it; see {@link LimitsText}.
 */
record BanFile(Path path) {
    /** What the file says, and the service keeps to. */
    record Rules(List<ClientId> banned, Map<ClientId, ClientLimits> limited) {
        static final Rules NONE = new Rules(List.of(), Map.of());
    }

    static BanFile besideKey(Path key) {
        return new BanFile(key.resolveSibling(key.getFileName() + ".bans"));
    }

    Rules read() {
        List<String> lines;
        try {
            lines = Files.readAllLines(path);
        } catch (NoSuchFileException e) {
            return Rules.NONE;
        } catch (IOException e) {
            throw new Failure(Exit.FILE, path + ": cannot be read: " + Reason.of(e), e);
        }
        List<ClientId> banned = new ArrayList<>();
        Map<ClientId, ClientLimits> limited = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#"))
                continue;
            int space = line.indexOf(' ');
            try {
                ClientId client = ClientId.parse(space < 0 ? line : line.substring(0, space));
                if (space < 0)
                    banned.add(client);
                else
                    limited.put(client, LimitsText.parse(line.substring(space), ClientLimits.DEFAULT));
            } catch (IllegalArgumentException e) {
                throw new Failure(Exit.FILE, path + ":" + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        return new Rules(banned, limited);
    }

    /** Replaces the file in one step, with mode 0600: it says who has used the service. */
    void write(Rules rules) {
        List<String> lines = new ArrayList<>();
        rules.banned.forEach(client -> lines.add(client.text()));
        rules.limited.forEach((client, limits) -> lines.add(client.text() + " " + LimitsText.of(limits)));
        Path next = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.deleteIfExists(next); // of a process that was killed in between, or somebody else's
            Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(next, lines);
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new Failure(Exit.FILE,
                    path + ": this holds until the next start only, as the file cannot be written: " + Reason.of(e),
                    e);
        }
    }
}
