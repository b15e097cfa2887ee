package org.schiltron.filter;

import java.util.List;
import org.schiltron.machine.Path;

/** Whether an address lies in one of some prefixes. */
final class PrefixTable {
    private final AddressTable table;
    private final int none;

    PrefixTable(List<Prefix> prefixes) {
        Bits bits = new Bits(1);
        none = bits.number(bits.empty());
        Rule all = new Rule("", 0, new Action.Allow(), prefixes, List.of(), List.of(), List.of(), List.of(), List.of());
        table = new AddressTable(List.of(all), Rule::from, bits);
    }

    boolean contains(Path address) {
        return table.lookUp(address) != none;
    }
}
