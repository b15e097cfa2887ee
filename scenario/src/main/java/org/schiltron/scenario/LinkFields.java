package org.schiltron.scenario;

import org.jspecify.annotations.Nullable;
import org.schiltron.sim.LinkConfig;

/** The keys of a link, and those of one of its directions, which override. */
final class LinkFields {
    private static final long MAX_RATE = 1_000_000_000_000L;
    private static final long MAX_DELAY_NS = 60_000_000_000L;
    private static final long UNSET = -1;

    /** Both directions of a link. */
    record Pair(LinkConfig first, LinkConfig second) {
        static final Pair PERFECT = new Pair(LinkConfig.PERFECT, LinkConfig.PERFECT);
    }

    private LinkConfig config = LinkConfig.PERFECT;
    private long queueBytes = UNSET;
    private long queueNs = UNSET;

    private LinkFields() {
    }

    private LinkFields(LinkFields from) {
        config = from.config;
        queueBytes = from.queueBytes;
        queueNs = from.queueNs;
    }

    /** @param first what the directions are called, as {@code second} */
    static Pair read(Fields fields, String first, String second) throws BadScenarioException {
        LinkFields both = new LinkFields();
        both.take(fields);
        Pair pair = new Pair(both.direction(fields, fields.table(first)), both.direction(fields, fields.table(second)));
        fields.end();
        return pair;
    }

    private LinkConfig direction(Fields both, @Nullable Fields fields) throws BadScenarioException {
        LinkFields one = new LinkFields(this);
        if (fields != null) {
            one.take(fields);
            fields.end();
        }
        return one.whole(fields == null ? both : fields);
    }

    private void take(Fields fields) throws BadScenarioException {
        long rate = fields.quantity("rate", Quantity.RATE, 8 * config.rateBytesPerSecond(), 8, MAX_RATE);
        config = config.withRate(rate / 8)
                .withDelayNs(fields.quantity("delay", Quantity.DURATION, config.delayNs(), 0, MAX_DELAY_NS))
                .withJitterNs(fields.quantity("jitter", Quantity.DURATION, config.jitterNs(), 0, MAX_DELAY_NS))
                .withLoss(fields.probability("loss", config.lossProbability()))
                .withDuplicate(fields.probability("duplicate", config.duplicateProbability()))
                .withCorrupt(fields.probability("corrupt", config.corruptProbability()))
                .withMtu((int) fields.quantity("mtu", Quantity.SIZE, config.mtuBytes(), 68, 65_535));
        queue(fields);
        Fields burst = fields.table("burst");
        if (burst != null)
            config = config.withBurstLoss(burst(burst));
        Fields reorder = fields.table("reorder");
        if (reorder != null) {
            config = config.withReorder(reorder.probability("share", 0),
                    reorder.quantity("by", Quantity.DURATION, 0, 0, MAX_DELAY_NS));
            if (config.reorderProbability() == 0 || config.reorderNs() == 0)
                throw reorder.wrong("needs a share above 0 and a time to hold back, as { share = 0.01, by = \"5ms\" }");
            reorder.end();
        }
    }

    private static LinkConfig.BurstLoss burst(Fields burst) throws BadScenarioException {
        LinkConfig.BurstLoss read = new LinkConfig.BurstLoss(burst.probability("enter", 0),
                burst.probability("leave", 0), burst.probability("loss", 1));
        if (read.enterProbability() == 0 || read.leaveProbability() == 0)
            throw burst.wrong("needs enter and leave above 0, as { enter = 0.001, leave = 0.1, loss = 0.8 }");
        burst.end();
        return read;
    }

    /** In bytes, or in time at the link's rate. */
    private void queue(Fields fields) throws BadScenarioException {
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

    private LinkConfig whole(Fields fields) throws BadScenarioException {
        long rate = config.rateBytesPerSecond();
        if (rate == 0) {
            if (queueBytes != UNSET || queueNs != UNSET)
                throw fields.wrong("queue", "a link without a rate has no queue: give it a rate");
            return config;
        }
        if (queueBytes != UNSET)
            return config.withQueue(queueBytes);
        if (queueNs != UNSET)
            return config.withQueue((long) (queueNs * 1e-9 * rate));
        return config.withQueue(LinkConfig.ofRate(rate).queueBytes());
    }
}
