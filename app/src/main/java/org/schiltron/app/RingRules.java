package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.schiltron.filter.Refusal;
import org.schiltron.filter.RuleSet;
import org.schiltron.filter.RulesFile;
import org.schiltron.toml.BadFileException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The rules that a ring enforces on its path, by all the enforcers it was asked for. */
final class RingRules implements AutoCloseable {
    private static final int STOP_SECONDS = 2;

    private final List<Enforcer> enforcers = new ArrayList<>();
    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "generations");
        thread.setDaemon(true);
        return thread;
    });
    private RuleSet rules;

    private RingRules(RuleSet rules) {
        this.rules = rules;
    }

    static RuleSet read(Path file) {
        try {
            return RulesFile.read(file);
        } catch (BadFileException e) {
            throw new Failure(Exit.USAGE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new Failure(Exit.FILE, file + ": cannot be read: " + Reason.of(e), e);
        }
    }

    /** Opens them all, or none. */
    static RingRules open(Path file, Settings settings, PrintWriter out) {
        RuleSet rules = read(file);
        RingRules ring = new RingRules(rules);
        try {
            if (settings.flag(RingSettings.XDP)) {
                refuse(RuleCheck.XDP, rules);
                ring.enforcers.add(XdpEnforcer.open(rules, settings));
            }
            if (settings.flag(RingSettings.NFT)) {
                refuse(RuleCheck.NFTABLES, rules);
                ring.enforcers.add(NftablesEnforcer.open(rules));
            }
            if (settings.text(RingSettings.FLOWSPEC) != null) {
                refuse(RuleCheck.FLOWSPEC, rules);
                ring.enforcers.add(FlowSpecEnforcer.open(rules, settings, out));
            }
            if (ring.enforcers.isEmpty())
                throw new Failure(Exit.USAGE, "who enforces " + file + "? give --xdp, --nft or --flowspec HOST:PORT");
        } catch (IOException e) {
            ring.close();
            throw new Failure(Exit.FAILED, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            ring.close();
            throw e;
        }
        long turnMs = settings.whole(RingSettings.REQUEST_SECONDS) * 1_000;
        var _ = ring.ticks.scheduleAtFixedRate(ring::tick, turnMs, turnMs, TimeUnit.MILLISECONDS);
        for (Enforcer enforcer : ring.enforcers)
            out.println("rules: " + rules.rules().size() + " of " + file + " in force, " + enforcer.name());
        return ring;
    }

    private static void refuse(RuleCheck check, RuleSet rules) {
        List<Refusal> refusals = check.refusals(rules);
        if (!refusals.isEmpty())
            throw new Failure(Exit.USAGE,
                    refusals.getFirst().text(rules)
                            + (refusals.size() > 1 ? " (and " + (refusals.size() - 1) + " more)" : "")
                            + "; schiltron ring check says all");
    }

    private synchronized void tick() {
        for (Enforcer enforcer : enforcers) {
            try {
                enforcer.tick();
            } catch (IOException e) {
                System.err.println("schiltron: " + enforcer.name() + ": " + e.getMessage());
            }
        }
    }

    /** Reads the file again. A {@link Failure} means that the old rules are in force. */
    synchronized void reload(Path file, PrintWriter out) {
        RuleSet next = read(file);
        for (Enforcer enforcer : enforcers) {
            for (RuleCheck check : RuleCheck.values()) {
                if (check.title().equals(enforcer.name()))
                    refuse(check, next);
            }
        }
        List<Enforcer> changed = new ArrayList<>();
        try {
            for (Enforcer enforcer : enforcers) {
                enforcer.change(next);
                changed.add(enforcer);
            }
        } catch (IOException e) {
            takeBack(changed);
            throw new Failure(Exit.FAILED, String.valueOf(e.getMessage()), e);
        }
        rules = next;
        out.println("rules: " + next.rules().size() + " of " + file + " in force");
    }

    private void takeBack(List<Enforcer> changed) {
        for (Enforcer enforcer : changed) {
            try {
                enforcer.change(rules);
            } catch (IOException e) {
                throw new Failure(Exit.FAILED,
                        enforcer.name() + " has the new rules, others the old: " + e.getMessage(), e);
            }
        }
    }

    /** Adds what {@code status} shows. */
    synchronized void report(ObjectNode status) {
        ObjectNode node = status.putObject("rules").put("file", rules.file()).put("count", rules.rules().size());
        ArrayNode list = node.putArray("enforcers");
        for (Enforcer enforcer : enforcers) {
            ObjectNode one = list.addObject().put("name", enforcer.name());
            try {
                ObjectNode packets = one.putObject("packets");
                enforcer.verdicts().forEach(packets::put);
                ObjectNode matched = one.putObject("matched");
                List<Long> matches = enforcer.matches();
                for (int i = 0; i < matches.size(); i++)
                    matched.put(rules.rules().get(i).name(), matches.get(i));
            } catch (IOException e) {
                one.put("problem", e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        ticks.shutdownNow();
        try {
            boolean _ = ticks.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            enforcers.reversed().forEach(Enforcer::close);
            enforcers.clear();
        }
    }
}
