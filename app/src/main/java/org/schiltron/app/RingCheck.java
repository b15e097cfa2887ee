package org.schiltron.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.schiltron.filter.Hiding;
import org.schiltron.filter.Prefix;
import org.schiltron.filter.Refusal;
import org.schiltron.filter.RuleSet;
import org.schiltron.filter.Shadows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code schiltron ring check}. */
@Command(name = "check", description = "Says what a file of rules means, what cannot be enforced where, and why.", footer = {
        "",
        "docs/RULES.md lists what a file may say. Nothing is put in force.", "", "Examples:",
        "  schiltron ring check rules.toml",
        "  schiltron ring check rules.toml --for xdp      fails if not all of it can be enforced there"})
final class RingCheck implements Callable<Integer> {
    private static final int SHOWN = 20;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "the rules")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--for", paramLabel = "ENFORCER", description = "java, xdp, nftables, flowspec: fail if it cannot enforce all rules")
    private @Nullable String wanted;

    @Override
    public Integer call() {
        RuleCheck required = wanted == null ? null : enforcer(wanted);
        RuleSet rules = RingRules.read(file);
        PrintWriter out = spec.commandLine().getOut();
        out.println(file + ": " + count(rules.rules().size(), "rule") + "; protects "
                + rules.protects().stream().limit(SHOWN).map(Prefix::text).collect(Collectors.joining(", "))
                + (rules.protects().size() > SHOWN ? ", ..." : ""));
        out.println("what no rule decides is " + (rules.allowsRest() ? "allowed" : "dropped") + ", fragments are "
                + (rules.judgeFragments() ? "judged" : "dropped"));
        if (!rules.hides().equals(Hiding.NOTHING))
            out.println("who probes is not told " + (rules.hides().hops() ? "where packets run out of hops" : "")
                    + (rules.hides().hops() && rules.hides().ids() ? ", nor " : "")
                    + (rules.hides().ids() ? "how many packets are sent" : ""));
        for (RuleCheck check : RuleCheck.values())
            print(out, check, rules);
        List<String> shadows = Shadows.of(rules);
        shadows.stream().limit(SHOWN).forEach(line -> out.println("warning: " + line));
        if (shadows.size() > SHOWN)
            out.println("warning: and " + (shadows.size() - SHOWN) + " more such rules");
        if (required != null && !required.refusals(rules).isEmpty())
            throw new Failure(Exit.USAGE, file + ": not all of it can be enforced by " + required.title());
        return Exit.OK.code();
    }

    private RuleCheck enforcer(String title) {
        for (RuleCheck check : RuleCheck.values()) {
            if (check.title().equals(title))
                return check;
        }
        throw new ParameterException(spec.commandLine(), "--for " + title + ": not one of "
                + List.of(RuleCheck.values()).stream().map(RuleCheck::title).collect(Collectors.joining(", ")));
    }

    private void print(PrintWriter out, RuleCheck check, RuleSet rules) {
        List<Refusal> refusals = check.refusals(rules);
        out.printf("%-10s %s%n", check.title(), refusals.isEmpty() ? "all of it" : "not all of it:");
        refusals.stream().limit(SHOWN).forEach(refusal -> out.println(
                "           " + refusal.text(rules)));
        if (refusals.size() > SHOWN)
            out.println("           and " + (refusals.size() - SHOWN) + " more");
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
