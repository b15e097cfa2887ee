package org.schiltron.toml;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with units: {@code "20ms"}, {@code "10Mbit"}, {@code "64KiB"}, {@code "1.5s"}. */
public enum Quantity {
    /** In nanoseconds. */
    DURATION("a duration such as \"20ms\" (ns, us, ms, s or min)",
            "ns 1 us 1000 ms 1000000 s 1000000000 min 60000000000"),
    /** In bits a second. */
    RATE("a rate such as \"10Mbit\" (bit, kbit, Mbit or Gbit, a second)",
            "bit 1 kbit 1000 Mbit 1000000 Gbit 1000000000"),
    /** In bytes. */
    SIZE("a size such as \"64KiB\" (B, kB, MB, GB, KiB, MiB or GiB)",
            "B 1 kB 1000 MB 1000000 GB 1000000000 KiB 1024 MiB 1048576 GiB 1073741824");

    private static final Pattern FORM = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?) ?([A-Za-z]+)(/s)?");

    private record Unit(String name, long size) {
    }

    private final String form;
    private final String units; // names and sizes by turns

    Quantity(String form, String units) {
        this.form = form;
        this.units = units;
    }

    /** What one looks like. */
    public String form() {
        return form;
    }

    /** @throws IllegalArgumentException if it is none; the message says what would be */
    public long parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || (matcher.group(3) != null && this != RATE))
            throw new IllegalArgumentException("\"" + text + "\" is not " + form);
        BigDecimal value = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit(text, matcher.group(2))));
        if (value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0)
            throw new IllegalArgumentException("\"" + text + "\" is too much");
        return value.setScale(0, RoundingMode.HALF_UP).longValueExact();
    }

    private long unit(String text, String name) {
        for (Unit unit : units()) {
            if (unit.name.equals(name))
                return unit.size;
        }
        throw new IllegalArgumentException("\"" + text + "\" is not " + form);
    }

    private List<Unit> units() {
        String[] words = units.split(" ", -1);
        List<Unit> list = new ArrayList<>();
        for (int i = 0; i < words.length; i += 2)
            list.add(new Unit(words[i], Long.parseLong(words[i + 1])));
        return list;
    }

    /** In the largest unit that leaves no fraction: {@code 20ms}. */
    public String show(long value) {
        Unit best = units().getFirst();
        for (Unit unit : units()) {
            if (value != 0 && value % unit.size == 0 && unit.size > best.size)
                best = unit;
        }
        return value / best.size + best.name;
    }
}
