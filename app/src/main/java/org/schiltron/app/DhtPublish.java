package org.schiltron.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.host.Dht;
import org.schiltron.proof.MutableItem;
import org.schiltron.proof.RecordItems;
import org.schiltron.proof.ServiceRecord;
import org.schiltron.proof.ServiceRecord.ListName;
import org.schiltron.proof.SwarmList;

/**
 * Puts a record's file into the BitTorrent DHT. It holds no secret: the items in it were signed by {@code record sign}, so
 * this can run anywhere, again and again.
 */
final class DhtPublish {
    /** For the search and the put of one item. */
    private static final Duration LONGEST = Duration.ofSeconds(20);
    /** Nodes drop an item after two hours (BEP 44, "Expiration"). */
    private static final Duration KEPT = Duration.ofHours(2);
    /** After a round that reached nobody. */
    private static final Duration AGAIN = Duration.ofMinutes(2);

    private final Path file;
    private final DhtAccess access;
    private final PrintWriter out;

    DhtPublish(Path file, DhtAccess access, PrintWriter out) {
        this.file = file;
        this.access = access;
        this.out = out;
    }

    /** One round: all items of the file as it is now. */
    void once() {
        ServiceRecord record = RecordText.readValid(file);
        ListName name = record.content().list();
        List<MutableItem> items = items(record, name == null
                ? null
                : TextFiles.bytes(FileSource.beside(file, name),
                        SwarmList.MAX_BYTES))
                .items();
        int fewest = Integer.MAX_VALUE;
        try (Dht dht = access.open()) {
            // The list first, so that no record is found without it.
            for (int i = items.size() - 1; i >= 0; i--)
                fewest = Math.min(fewest, put(dht, items.get(i), items.size() - i + " of " + items.size()));
        }
        out.println("published: version " + record.content().version() + " in " + DhtAccess.PLACE + ", "
                + items.size() + (items.size() == 1 ? " item" : " items") + " at " + fewest
                + " nodes or more, until about " + Instant.ofEpochSecond(
                        Lifetime.nowEpochSeconds() + KEPT.toSeconds()));
    }

    /** Rounds without end: the file is read each time, so a new record needs no new start. Ends with {@code process}. */
    void keep(Duration every, RoleProcess process) {
        try {
            while (!process.isStopping()) {
                Duration wait = every;
                try {
                    once();
                } catch (Failure e) {
                    if (e.exit() != Exit.UNREACHABLE)
                        throw e;
                    wait = AGAIN.compareTo(every) < 0 ? AGAIN : every;
                    out.println("not published, tried again in " + wait.toSeconds() + " s: " + e.line());
                }
                Thread.sleep(wait);
            }
        } catch (Failure e) {
            process.fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            process.fail(
                    new Failure(Exit.BUG, "publishing stopped by a fault in Schiltron, please report it: " + e, e));
        }
    }

    private RecordItems items(ServiceRecord record, byte @Nullable [] list) {
        List<String> texts = TextFiles.lines(file).stream().filter(RecordItems::isText).toList();
        if (texts.size() != 1)
            throw new Failure(Exit.FILE, file + ": " + (texts.isEmpty() ? "not signed" : "signed more than once")
                    + " for " + DhtAccess.PLACE + ": record sign --dht does it, with the service's own key");
        try {
            return RecordItems.parse(texts.getFirst(), record, list);
        } catch (IllegalArgumentException e) {
            throw new Failure(Exit.FILE, file + ": " + e.getMessage(), e);
        }
    }

    private int put(Dht dht, MutableItem item, String which) {
        Dht.Placed placed = access.watch("publishing in " + DhtAccess.PLACE + " (item " + which + ")", dht,
                () -> dht.put(item, LONGEST));
        if (placed.latest() > item.sequence())
            throw new Failure(Exit.FAILED, DhtAccess.PLACE + ": a later version lies there: " + placed.latest()
                    + ", not " + item.sequence() + ": sign one that is later still");
        if (placed.asked() == 0)
            throw new Failure(Exit.UNREACHABLE, DhtAccess.PLACE + ": no node answers (began at " + access.nodeNames()
                    + "): check that UDP leaves this network, or give others with --dht-node");
        if (placed.accepted() == 0)
            throw new Failure(Exit.UNREACHABLE, DhtAccess.PLACE + ": none of " + placed.asked()
                    + " nodes took the item" + (placed.problem().isEmpty() ? "" : ": " + placed.problem()));
        return placed.accepted();
    }
}
