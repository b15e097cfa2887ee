package org.schiltron.sim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.schiltron.machine.Path;

/**
 * Bytes that an address has sent and was sent since it last was a proved one, or ever. A proof lasts as long as what was asked
 * for with it may be sent: afterwards the account begins at nothing. Throws at the first byte more out than in.
 */
final class ProofLedger {
    private static final class Account {
        long in;
        long out;
        long provedUntilNs = Long.MIN_VALUE;
    }

    private final String whose;
    private final Map<Path, Account> accounts = new LinkedHashMap<>();

    ProofLedger(String whose) {
        this.whose = whose;
    }

    private Account account(long nowNs, Path of) {
        Account account = accounts.get(of);
        if (account == null) {
            account = new Account();
            accounts.put(of.copy(), account);
        } else if (account.provedUntilNs != Long.MIN_VALUE && nowNs > account.provedUntilNs) {
            account.in = 0;
            account.out = 0;
            account.provedUntilNs = Long.MIN_VALUE;
        }
        return account;
    }

    void got(long nowNs, Path from, int bytes) {
        account(nowNs, from).in += bytes;
    }

    void proved(long nowNs, Path of, long untilNs) {
        Account account = account(nowNs, of);
        account.provedUntilNs = Math.max(account.provedUntilNs, untilNs);
    }

    boolean isProved(long nowNs, Path of) {
        return account(nowNs, of).provedUntilNs != Long.MIN_VALUE;
    }

    void sent(long nowNs, Path to, int type, int bytes) {
        Account account = account(nowNs, to);
        if (account.provedUntilNs != Long.MIN_VALUE)
            return;
        account.out += bytes;
        if (account.out > account.in)
            throw new AssertionError(whose + " sends type " + type + " to " + to + ", which has not proved itself: "
                    + account.out + " bytes out, " + account.in + " in");
    }
}
