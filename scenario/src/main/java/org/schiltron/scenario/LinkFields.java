package org.schiltron.scenario;
import org.schiltron.toml.Quantity;
import org.schiltron.toml.Fields;
import org.schiltron.toml.BadFileException;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.schiltron.sim.Discipline;
import org.schiltron.sim.LinkConfig;

/** The keys of a link, and those of one of its directions, which override. */
final class LinkFields {
    private static final long MAX_RATE = 1_000_000_000_000L;
    private static final long MAX_DELAY_NS = 60_000_000_000L;
    private static final long UNSET = -1;
    private static final List<String> STATES = List.of("up", "down");
    private static final List<String> DISCIPLINES = List.of("drop-tail", "red", "codel", "fq-codel");

    /** Both directions of a link. */
    record Pair(LinkConfig first, LinkConfig second) {
        static final Pair PERFECT = new Pair(LinkConfig.PERFECT, LinkConfig.PERFECT);
    }

    private LinkConfig config = LinkConfig.PERFECT;
    private long queueBytes = UNSET;
    private long queueNs = UNSET;
    private String discipline = "drop-tail";
    private @Nullable Fields red;
    private Discipline.CoDel codel = Discipline.CoDel.DEFAULT;

    private @Nullable Discipline kept; // of a link that changes

    private LinkFields() {
    }

    /** One that is there and changes. */
    private LinkFields(LinkConfig now) {
        config = now;
        kept = now.discipline();
        queueBytes = now.rateBytesPerSecond() == 0 ? UNSET : now.queueBytes();
    }

    private LinkFields(LinkFields from) {
        config = from.config;
        queueBytes = from.queueBytes;
        queueNs = from.queueNs;
        discipline = from.discipline;
        red = from.red;
        codel = from.codel;
        kept = from.kept;
    }

    /** @param first what the directions are called, as {@code second} */
    static Pair read(Fields fields, String first, String second) throws BadFileException {
        LinkFields both = new LinkFields();
        both.take(fields);
        Pair pair = new Pair(both.direction(fields, fields.table(first)), both.direction(fields, fields.table(second)));
        fields.end();
        return pair;
    }

    /** As they become: what the keys do not say stays. */
    static Pair change(Fields fields, Pair now, String first, String second) throws BadFileException {
        return new Pair(changed(fields, now.first, first), changed(fields, now.second, second));
    }

    private static LinkConfig changed(Fields fields, LinkConfig now, String direction) throws BadFileException {
        LinkFields both = new LinkFields(now);
        both.take(fields);
        return both.direction(fields, fields.table(direction));
    }

    private LinkConfig direction(Fields both, @Nullable Fields fields) throws BadFileException {
        LinkFields one = new LinkFields(this);
        if (fields != null) {
            one.take(fields);
            fields.end();
        }
        return one.whole(fields == null ? both : fields);
    }

    private void take(Fields fields) throws BadFileException {
        long rate = fields.quantity("rate", Quantity.RATE, 8 * config.rateBytesPerSecond(), 8, MAX_RATE);
        config = config.withRate(rate / 8)
                .withDelayNs(fields.quantity("delay", Quantity.DURATION, config.delayNs(), 0, MAX_DELAY_NS))
                .withJitterNs(fields.quantity("jitter", Quantity.DURATION, config.jitterNs(), 0, MAX_DELAY_NS))
                .withLoss(fields.probability("loss", config.lossProbability()))
                .withDuplicate(fields.probability("duplicate", config.duplicateProbability()))
                .withCorrupt(fields.probability("corrupt", config.corruptProbability()))
                .withMtu((int) fields.quantity("mtu", Quantity.SIZE, config.mtuBytes(), 68, 65_535))
                .withUp(fields.word("state", STATES, config.up() ? "up" : "down").equals("up"));
        queue(fields);
        if (kept == null)
            discipline(fields);
        else if (fields.has("discipline"))
            throw fields.wrong("discipline", "cannot change while the link may have packets that wait");
        Fields burst = fields.table("burst");
        if (burst != null)
            config = config.withBurstLoss(burst(burst));
        Fields reorder = fields.table("reorder");
        if (reorder != null) {
            config = config.withReorder(reorder.probability("share", 0),
                    reorder.quantity("by", Quantity.DURATION, 0, 0, MAX_DELAY_NS));
            if (!reorder.has("share") || (config.reorderProbability() > 0 && config.reorderNs() == 0))
                throw reorder.wrong("needs a share above 0 and a time to hold back, as { share = 0.01, by = \"5ms\" }");
            reorder.end();
        }
    }

    private static LinkConfig.BurstLoss burst(Fields burst) throws BadFileException {
        LinkConfig.BurstLoss read = new LinkConfig.BurstLoss(burst.probability("enter", 0),
                burst.probability("leave", 0), burst.probability("loss", 1));
        if (read.enterProbability() == 0 || read.leaveProbability() == 0)
            throw burst.wrong("needs enter and leave above 0, as { enter = 0.001, leave = 0.1, loss = 0.8 }");
        burst.end();
        return read;
    }

    /** In bytes, or in time at the link's rate. */
    private void queue(Fields fields) throws BadFileException {
        if (!fields.has("queue"))
            return;
        String text = fields.text("queue", "");
        queueBytes = UNSET;
        queueNs = UNSET;
        if (text.endsWith("B"))
            queueBytes = fields.quantity("queue", Quantity.SIZE, 0, 0, 1L << 40);
        else if (text.endsWith("s"))
            queueNs = fields.quantity("queue", Quantity.DURATION, 0, 0, MAX_DELAY_NS);
        else
            throw fields.wrong("queue", "\"" + text + "\" is neither " + Quantity.SIZE.form() + " nor "
                    + Quantity.DURATION.form());
    }

    private void discipline(Fields fields) throws BadFileException {
        discipline = fields.word("discipline", DISCIPLINES, discipline);
        Fields thresholds = fields.table("red");
        if (thresholds != null) {
            if (!discipline.equals("red"))
                throw fields.wrong("red", "only with discipline = \"red\", and this is " + discipline);
            red = thresholds;
        }
        Fields times = fields.table("codel");
        if (times == null)
            return;
        if (!discipline.endsWith("codel"))
            throw fields.wrong("codel",
                    "only with discipline = \"codel\" or \"fq-codel\", and this is " + discipline);
        long targetNs = times.quantity("target", Quantity.DURATION, codel.targetNs(), 1_000, MAX_DELAY_NS);
        codel = new Discipline.CoDel(targetNs, times.quantity("interval", Quantity.DURATION,
                Math.max(targetNs, codel.intervalNs()), targetNs, MAX_DELAY_NS));
        times.end();
    }

    /** Of a link with that rate and queue. */
    private Discipline discipline() throws BadFileException {
        return switch (discipline) {
            case "red" -> red(config.queueBytes());
            case "codel" -> codel;
            case "fq-codel" -> new Discipline.FairCoDel(codel);
            default -> new Discipline.DropTail();
        };
    }

    private Discipline.Red red(long queueBytes) throws BadFileException {
        Discipline.Red usual = Discipline.Red.of(queueBytes);
        Fields given = red;
        if (given == null)
            return usual;
        long most = given.quantity("most", Quantity.SIZE, usual.mostBytes(), 1, 1L << 40);
        long least = given.quantity("least", Quantity.SIZE, Math.min(usual.leastBytes(), most - 1), 0, most - 1);
        double share = given.probability("share", usual.share());
        double weight = given.probability("weight", usual.weight());
        if (share == 0 || weight == 0)
            throw given.wrong(share == 0 ? "share" : "weight", "must be above 0");
        given.end();
        return new Discipline.Red(least, most, share, weight);
    }

    private LinkConfig whole(Fields fields) throws BadFileException {
        long rate = config.rateBytesPerSecond();
        if (rate == 0) {
            if (queueBytes != UNSET || queueNs != UNSET)
                throw fields.wrong("queue", "a link without a rate has no queue: give it a rate");
            if (!discipline.equals(DISCIPLINES.getFirst()))
                throw fields.wrong("discipline", "a link without a rate has no queue: give it a rate");
            return config;
        }
        if (queueBytes != UNSET)
            config = config.withQueue(queueBytes);
        else if (queueNs != UNSET)
            config = config.withQueue((long) (queueNs * 1e-9 * rate));
        else
            config = config.withQueue(LinkConfig.ofRate(rate).queueBytes());
        Discipline same = kept;
        return config.withDiscipline(same == null ? discipline() : same);
    }
}
