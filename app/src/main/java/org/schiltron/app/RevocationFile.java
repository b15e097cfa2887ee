package org.schiltron.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which tokens of a service count no more, beside its key: {@code service.key.revoked}. A line is a token's serial number and
 * the second since 1970 at which it would have expired, after which the line is dropped; without that it stays.
 */
record RevocationFile(Path path) {
    /** Beyond it: let tokens expire sooner, or delegate tokens to another key. */
    static final int MAX_ENTRIES = 65_536;
    /** Of the file: two numbers of 19 digits in each line. */
    static final int MAX_BYTES = MAX_ENTRIES * 40;
    /** In place of the second. */
    static final long UNKNOWN = Long.MAX_VALUE;

    static RevocationFile besideKey(Path key) {
        return new RevocationFile(key.resolveSibling(key.getFileName() + ".revoked"));
    }

    /** Serial numbers of tokens that have not expired by themselves, each with when it will, or {@link #UNKNOWN}. */
    SortedMap<Long, Long> read(long nowEpochSeconds) {
        SortedMap<Long, Long> revoked = new TreeMap<>();
        List<String> lines = readLines();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#"))
                continue;
            String[] words = line.split("\\s+", -1);
            long serial = words.length <= 2 ? number(words[0]) : -1;
            long expires = words.length == 2 ? number(words[1]) : UNKNOWN;
            if (serial < 0 || expires < 0)
                throw new Failure(Exit.FILE,
                        path + ":" + (i + 1) + ": expected a token's serial number and when it expires");
            if (expires > nowEpochSeconds)
                revoked.merge(serial, expires, Math::max);
            if (revoked.size() > MAX_ENTRIES)
                throw new Failure(Exit.FILE, path + ": more than " + MAX_ENTRIES + " revoked tokens");
        }
        return revoked;
    }

    private List<String> readLines() {
        try {
            if (Files.size(path) > MAX_BYTES)
                throw new Failure(Exit.FILE, path + ": longer than " + MAX_ENTRIES + " revoked tokens take");
            return Files.readAllLines(path);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new Failure(Exit.FILE, path + ": cannot be read: " + Reason.of(e), e);
        }
    }

    /** Adds these, drops what has expired, and replaces the file in one step, with mode 0600. */
    void add(Map<Long, Long> serials, long nowEpochSeconds) {
        SortedMap<Long, Long> revoked = read(nowEpochSeconds);
        serials.forEach((serial, expires) -> revoked.merge(serial, expires, Math::max));
        if (revoked.size() > MAX_ENTRIES)
            throw new Failure(Exit.FILE, path + ": at most " + MAX_ENTRIES + " tokens can be revoked at a time");
        List<String> lines = new ArrayList<>();
        revoked.forEach((serial, expires) -> lines.add(serial + (expires == UNKNOWN ? "" : " " + expires)));
        Path next = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.deleteIfExists(next);
            Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(next, lines);
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, path + ": cannot be written: " + Reason.of(e), e);
        }
    }

    private static long number(String digits) {
        try {
            return digits.chars().allMatch(c -> c >= '0' && c <= '9') ? Long.parseLong(digits) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
