package org.schiltron.app;

import java.nio.file.Path;
import java.util.List;
import org.schiltron.proof.ServiceRecord.ListName;
import org.schiltron.proof.SwarmList;

/** A file, with swarm lists beside it. */
record FileSource(Path file) implements NameSource {
    @Override
    public List<String> lines() {
        return TextFiles.lines(file);
    }

    @Override
    public byte[] list(ListName name) {
        return TextFiles.bytes(beside(file, name), SwarmList.MAX_BYTES);
    }

    /** The same for a file and a web server: named by what is in it, so that an old record finds its own. */
    static Path beside(Path record, ListName name) {
        return record.resolveSibling(fileName(name));
    }

    static String fileName(ListName name) {
        return name.sha256() + ".swarm";
    }
}
