package org.schiltron.app;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 50Gbps}, {@code 1.5Gbit/s}, {@code 200Mbit}: bit/s. A capital B would be bytes: refused. */
record BitRate(double bitsPerSecond) {
    private static final Pattern FORM = Pattern
            .compile("([0-9]{1,6}(?:\\.[0-9]{1,6})?) ?([kKmMgGtTpP]?)b(?:[pP][sS]|[iI][tT](?:/[sS])?)");
    private static final Map<String, Double> PREFIXES = Map.of("", 1.0, "k", 1e3, "m", 1e6, "g", 1e9, "t", 1e12, "p",
            1e15);

    static final class Converter implements ITypeConverter<BitRate> {
        @Override
        public BitRate convert(String value) {
            Matcher matcher = FORM.matcher(value);
            if (!matcher.matches())
                throw new TypeConversionException("a rate looks like 50Gbps or 200Mbit/s, not like \"" + value + "\"");
            return new BitRate(Double.parseDouble(matcher.group(1))
                    * PREFIXES.getOrDefault(matcher.group(2).toLowerCase(Locale.ROOT), 1.0));
        }
    }
}
