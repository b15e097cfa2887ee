package org.schiltron.app;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.schiltron.edge.Authentication;
import org.schiltron.edge.BearerTokens;
import org.schiltron.edge.CertificateList;
import org.schiltron.edge.Credentials;
import org.schiltron.edge.DoorSettings;
import org.schiltron.edge.Doorkeeper;
import org.schiltron.edge.EdgeKey;
import org.schiltron.edge.PasswordFile;
import org.schiltron.edge.Passwords;
import org.schiltron.edge.SourceGrants;
import org.schiltron.host.Entropy;
import org.schiltron.machine.RandomSource;
import org.schiltron.proof.Identity;
import org.schiltron.proof.Primitives;
import org.schiltron.relay.openings.Door;

/** Makes the doors of an edge's services, and reads the files they need. */
final class EdgeDoors {
    private static final int MAX_FILE = 16 << 20;

    private final EdgeKey key;
    private final RandomSource random = new Entropy();

    /** @param identity what tokens, cookies and puzzles are signed by */
    EdgeDoors(Identity identity) {
        key = signing(identity);
    }

    static EdgeKey signing(Identity identity) {
        return new EdgeKey(Primitives.expand(identity.seed(), "schiltron edge signatures 1", Primitives.KEY));
    }

    /** For each service, by its name. */
    Map<String, Door> open(List<EdgeService> services) {
        Map<String, SourceGrants> tables = new LinkedHashMap<>();
        for (EdgeService service : services)
            if (service.door().earn() != Authentication.NONE)
                tables.put(service.name(), new SourceGrants(SourceGrants.DEFAULT_CAPACITY));
        Map<String, Door> doors = new LinkedHashMap<>();
        for (EdgeService service : services) {
            String of = service.door().grantsOf();
            if (of != null && !tables.containsKey(of))
                throw new Failure(Exit.USAGE, "service " + service.name() + ": grants-of: no service " + of
                        + " with earn-grant");
            doors.put(service.name(), open(service, tables.get(of == null ? service.name() : of)));
        }
        return doors;
    }

    private Door open(EdgeService service, @Nullable SourceGrants table) {
        EdgeDoor door = service.door();
        if (service.reading() != EdgeService.Reading.HTTP || door.grantsOf() != null)
            return new Door(service.name(), door.method(), null, table);
        Credentials credentials = new Credentials(new BearerTokens(key, service.name(), List.of()),
                passwords(door.passwords()), certificates(door.certificates()), table);
        try {
            DoorSettings settings = new DoorSettings(service.name(), door.method(), door.earn(), door.puzzleBits(),
                    door.grantSeconds(), door.grantSeconds(), true, door.contact());
            return new Door(service.name(), door.method(), new Doorkeeper(settings, key, credentials, random), table);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.USAGE, "service " + service.name() + ": " + e.getMessage(), e);
        }
    }

    private @Nullable Passwords passwords(@Nullable Path file) {
        return file == null ? null : new Passwords(parse(file, lines -> PasswordFile.parse(lines, random)), random);
    }

    private static @Nullable CertificateList certificates(@Nullable Path file) {
        return file == null ? null : parse(file, CertificateList::parse);
    }

    private static <T> T parse(Path file, Function<List<String>, T> parse) {
        String text = new String(TextFiles.bytes(file, MAX_FILE), StandardCharsets.UTF_8);
        try {
            return parse.apply(text.lines().toList());
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.FILE, file + ": " + e.getMessage(), e);
        }
    }
}
