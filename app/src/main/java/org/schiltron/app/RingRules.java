package org.schiltron.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.schiltron.filter.Refusal;
import org.schiltron.filter.RuleSet;
import org.schiltron.filter.RulesFile;
import org.schiltron.toml.BadFileException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The rules that a ring enforces on its path, by all the enforcers it was asked for. */
final class RingRules implements AutoCloseable {
    private static final int STOP_SECONDS = 2;
    private static final int RETRY_SECONDS = 1;
    private static final int MOST_MEASURED = 1_000;

    private final List<Enforcer> enforcers = new ArrayList<>();
    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "generations");
        thread.setDaemon(true);
        return thread;
    });
    private final @Nullable RingModes modes;
    private RingAuthenticators authenticators;
    private RuleSet written;
    private RuleSet rules;
    private @Nullable ScheduledFuture<?> due;
    private @Nullable ScheduledFuture<?> retry;

    /** @param written the rules of the file, without those of authenticators */
    private RingRules(RuleSet written, RingAuthenticators authenticators, @Nullable RingModes modes) {
        this.written = written;
        this.authenticators = authenticators;
        this.modes = modes;
        this.rules = inForce(written, authenticators, System.currentTimeMillis());
    }

    private RuleSet inForce(RuleSet from, RingAuthenticators with, long epochMs) {
        RuleSet all = with.with(from, epochMs);
        return modes == null ? all : modes.with(all);
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
        Path modesFile = settings.file(RingSettings.MODES);
        RuleSet written = read(file);
        RingAuthenticators authenticators = RingAuthenticators.read(settings);
        RingRules ring = new RingRules(written, authenticators,
                modesFile == null ? null : RingModes.open(modesFile, out));
        RuleSet rules = ring.rules;
        RuleSet most = ring.most(rules);
        try {
            if (ring.modes != null)
                ring.modes.check(rules);
            if (settings.flag(RingSettings.NFT)) {
                refuse(RuleCheck.NFTABLES, most);
                ring.enforcers.add(NftablesEnforcer.open(rules));
            }
            if (settings.text(RingSettings.FLOWSPEC) != null) {
                refuse(RuleCheck.FLOWSPEC, rules);
                if (ring.modes != null)
                    refuse(RuleCheck.FLOWSPEC, most);
                ring.enforcers.add(FlowSpecEnforcer.open(rules, settings, out));
            }
            if (settings.flag(RingSettings.XDP)) { // last: it hardly ever refuses a change that it might have to take back, and with it counters
                refuse(RuleCheck.XDP, most);
                ring.enforcers.add(XdpEnforcer.open(rules, settings));
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
        var _ = ring.ticks.scheduleWithFixedDelay(ring::tick, turnMs, turnMs, TimeUnit.MILLISECONDS);
        ring.awaitChange();
        if (ring.modes != null)
            ring.modes.start(ring::modeSwitched);
        return ring;
    }

    /** All else has started too. */
    synchronized void keep(PrintWriter out) {
        for (Enforcer enforcer : enforcers) {
            try {
                enforcer.keep();
            } catch (IOException e) {
                throw new Failure(Exit.FAILED, String.valueOf(e.getMessage()), e);
            }
            out.println("rules: " + rules.rules().size() + " of " + rules.file() + " in force, " + enforcer.name());
        }
        var _ = ticks.scheduleWithFixedDelay(this::watch, 1, 1, TimeUnit.SECONDS);
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
                say(enforcer, String.valueOf(e.getMessage()));
            }
        }
    }

    private synchronized void watch() {
        for (Enforcer enforcer : enforcers) {
            try {
                enforcer.watch().forEach(news -> say(enforcer, news));
            } catch (IOException e) {
                say(enforcer, String.valueOf(e.getMessage()));
            }
        }
    }

    private static void say(Enforcer enforcer, String what) {
        System.err.println("schiltron: " + enforcer.name() + ": " + what);
    }

    private synchronized void awaitChange() {
        ScheduledFuture<?> before = due;
        if (before != null)
            before.cancel(false);
        long nowMs = System.currentTimeMillis();
        long at = authenticators.nextChange(nowMs);
        due = at == Long.MAX_VALUE
                ? null
                : ticks.schedule(() -> turn(at), Math.max(0, at - nowMs), TimeUnit.MILLISECONDS);
    }

    /** Authenticators change at that time: the clock may be a moment behind the timer. */
    private synchronized void turn(long at) {
        follow(at);
        awaitChange();
    }

    private synchronized void modeSwitched() {
        follow(0);
    }

    /** Puts in force what is right at that time, or now if that is later; what cannot be is tried again. */
    private synchronized void follow(long at) {
        try {
            putInForce(inForce(written, authenticators, Math.max(at, System.currentTimeMillis())));
            retry = null;
        } catch (RuntimeException e) {
            if (retry == null)
                System.err.println("schiltron: " + said(e) + "; the rules before are in force, and it is tried again");
            else
                retry.cancel(false); // one at a time, however often there is something to change
            retry = ticks.isShutdown() ? null : ticks.schedule(() -> follow(0), RETRY_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static String said(RuntimeException e) {
        return e instanceof Failure failure ? failure.line() : e.toString();
    }

    /** What a person says about the mode; null if there are none. */
    @Nullable
    ObjectNode mode(String wanted) {
        return modes == null ? null : modes.command(wanted);
    }

    /** Reads the files again. A {@link Failure} means that the old rules are in force. */
    synchronized void reload(Path file, Settings settings, PrintWriter out) {
        RuleSet nextWritten = read(file);
        RingAuthenticators nextAuthenticators = RingAuthenticators.read(settings).after(authenticators,
                System.currentTimeMillis());
        RuleSet next = inForce(nextWritten, nextAuthenticators, System.currentTimeMillis());
        if (modes != null)
            modes.check(next);
        for (Enforcer enforcer : enforcers) {
            for (RuleCheck check : RuleCheck.values()) {
                if (check.title().equals(enforcer.name()))
                    refuse(check, most(next));
            }
        }
        putInForce(next);
        written = nextWritten;
        authenticators = nextAuthenticators;
        awaitChange();
        out.println("rules: " + next.rules().size() + " of " + file + " in force");
    }

    /** With what a mode may add. */
    private RuleSet most(RuleSet of) {
        return modes == null ? of : modes.most(of);
    }

    /** All of them, or none; nothing if they are in force already. */
    private void putInForce(RuleSet next) {
        if (next.equals(rules))
            return;
        for (Enforcer enforcer : enforcers)
            for (RuleCheck check : RuleCheck.values())
                if (check.title().equals(enforcer.name()))
                    refuse(check, next); // before any of them has changed
        List<Enforcer> changed = new ArrayList<>();
        try {
            for (Enforcer enforcer : enforcers) {
                enforcer.change(next);
                changed.add(enforcer);
            }
        } catch (IOException | RuntimeException e) {
            takeBack(changed);
            throw new Failure(Exit.FAILED, String.valueOf(e.getMessage()), e);
        }
        rules = next;
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

    /** A count of an enforcer. */
    @FunctionalInterface
    interface Count {
        void is(String enforcer, String what, long packets);
    }

    /** What is asked of an enforcer. */
    @FunctionalInterface
    private interface Question {
        void ask(Enforcer enforcer) throws IOException;
    }

    /** One that cannot be asked now is left out: status says why. */
    private synchronized void askAll(Question question) {
        for (Enforcer enforcer : enforcers) {
            try {
                question.ask(enforcer);
            } catch (IOException e) {
                // status says why
            }
        }
    }

    void countVerdicts(Count count) {
        askAll(enforcer -> enforcer.verdicts()
                .forEach((verdict, packets) -> count.is(enforcer.name(), verdict, packets)));
    }

    void countShared(Count count) {
        askAll(enforcer -> enforcer.shared().forEach((what, requests) -> count.is(enforcer.name(), what, requests)));
    }

    /** Of the first {@value #MOST_MEASURED} rules. */
    void countMatches(Count count) {
        askAll(enforcer -> {
            List<Long> matches = enforcer.matches();
            for (int i = 0; i < Math.min(MOST_MEASURED, matches.size()); i++)
                count.is(enforcer.name(), rules.rules().get(i).name(), matches.get(i));
        });
    }

    /** Adds what {@code status} shows. */
    synchronized void report(ObjectNode status) {
        if (modes != null)
            modes.report(status);
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
                Map<String, Long> shared = enforcer.shared();
                if (!shared.isEmpty())
                    shared.forEach(one.putObject("sharing")::put);
            } catch (IOException e) {
                one.put("problem", e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        ticks.shutdownNow();
        if (modes != null)
            modes.close();
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
