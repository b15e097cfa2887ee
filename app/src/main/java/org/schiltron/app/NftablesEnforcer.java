package org.schiltron.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.schiltron.enforce.NftCounters;
import org.schiltron.enforce.NftEnforcer;
import org.schiltron.filter.RuleSet;

/** Rules in nftables, in this process's network namespace. */
final class NftablesEnforcer implements Enforcer {
    private final NftEnforcer nft = new NftEnforcer();

    private NftablesEnforcer() {
    }

    static NftablesEnforcer open(RuleSet rules) throws IOException {
        NftablesEnforcer enforcer = new NftablesEnforcer();
        enforcer.nft.apply(rules);
        return enforcer;
    }

    @Override
    public String name() {
        return "nftables";
    }

    @Override
    public void change(RuleSet rules) throws IOException {
        nft.change(rules);
    }

    @Override
    public Map<String, Long> verdicts() throws IOException {
        Map<String, Long> packets = new TreeMap<>();
        nft.counters().dropped().forEach((reason, count) -> {
            if (count.packets() > 0)
                packets.put(reason, count.packets());
        });
        return packets;
    }

    @Override
    public List<Long> matches() throws IOException {
        List<Long> matches = new ArrayList<>();
        nft.counters().rules().values().forEach(count -> matches.add(count.packets()));
        return matches;
    }

    @Override
    public void close() {
        try {
            nft.close();
        } catch (IOException e) {
            System.err.println("schiltron: the rules are still in force: " + e.getMessage());
        }
    }
}
