package org.schiltron.app;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.schiltron.edge.AuthenticatorSchedule;
import org.schiltron.filter.Prefix;
import org.schiltron.filter.Rule;
import org.schiltron.filter.RuleSet;

/** What egresses show, as rules behind those of the ring's file (Mayday, section 3.4). */
final class RingAuthenticators {
    /** One file; its name is the rules'. */
    private record Named(String name, AuthenticatorFile file) {
    }

    private final List<Named> files = new ArrayList<>();

    private RingAuthenticators() {
    }

    static RingAuthenticators read(Settings settings) {
        RingAuthenticators all = new RingAuthenticators();
        for (String name : settings.texts(RingSettings.AUTHENTICATOR)) {
            try {
                all.files.add(new Named(name, AuthenticatorFile.read(Path.of(name))));
            } catch (InvalidPathException e) {
                throw settings.wrong(RingSettings.AUTHENTICATOR, "not the name of a file: " + e.getReason());
            }
        }
        return all;
    }

    /** These, read again ({@link AuthenticatorFile#after}). */
    RingAuthenticators after(RingAuthenticators before, long epochMs) {
        RingAuthenticators all = new RingAuthenticators();
        for (Named one : files) {
            Named old = before.files.stream().filter(other -> other.name.equals(one.name)).findFirst().orElse(one);
            all.files.add(new Named(one.name, one.file.after(old.file, epochMs)));
        }
        return all;
    }

    /**
     * The rules of the file, then those of what is accepted at that time. Nothing of it is in a rule's name: names are
     * shown.
     *
     * @throws Failure if an authenticator's destination is not among the protected addresses
     */
    RuleSet with(RuleSet written, long epochMs) {
        if (files.isEmpty())
            return written;
        List<Rule> rules = new ArrayList<>(written.rules());
        for (Named one : files) {
            List<Shown> accepted = one.file.accepted(epochMs);
            for (int i = 0; i < accepted.size(); i++) {
                List<Rule> made = accepted.get(i).rules(name(one, i));
                if (made.isEmpty())
                    throw new Failure(Exit.USAGE, one.name + ": a word is of one IP version or the other: add"
                            + " service = [\"192.0.2.80\"], the addresses it is about");
                made.forEach(rule -> check(one, rule, written));
                rules.addAll(made);
            }
        }
        return written.with(rules);
    }

    private String name(Named one, int index) {
        return Rule.AUTHENTICATOR + (files.indexOf(one) + 1) + (index == 0 ? "" : " (" + (index + 1) + ")");
    }

    private static void check(Named one, Rule rule, RuleSet written) {
        boolean isOneHost = written.protects().size() == 1 && written.protects().getFirst().bits() == 128;
        if (rule.to().isEmpty() && !isOneHost)
            throw new Failure(Exit.USAGE, one.name + ": it names no destination, and would open all that "
                    + written.file() + " protects: add service = [\"192.0.2.80\"], the addresses it is about");
        for (Prefix to : rule.to())
            if (written.protects().stream().noneMatch(prefix -> prefix.contains(to)))
                throw new Failure(Exit.USAGE, one.name + ": a destination is not among what " + written.file()
                        + " protects");
    }

    /** When {@link #with} next gives another answer; {@code Long.MAX_VALUE} if never. */
    long nextChange(long epochMs) {
        long next = Long.MAX_VALUE;
        for (Named one : files) {
            AuthenticatorSchedule schedule = one.file.schedule();
            if (schedule != null)
                next = Math.min(next, schedule.nextRules(epochMs));
        }
        return next;
    }
}
