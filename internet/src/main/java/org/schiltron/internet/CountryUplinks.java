package org.schiltron.internet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a home sends at most, by country: the mean of speed tests, Mbit/s, from a JSON file of
 * {@code "countries": {"NI": {"up_mbits": 11.94, ...}, ...}}.
 */
final class CountryUplinks {
    private static final Pattern COUNTRY = Pattern
            .compile("\"([A-Z]{2})\"\\s*:\\s*\\{[^{}]*?\"up_mbits\"\\s*:\\s*([0-9]+(?:\\.[0-9]+)?)[^{}]*}");
    private static final double MOST_MBITS = 100_000;

    private final Map<String, Double> bitsPerSecond = new TreeMap<>();
    private final double median;

    private CountryUplinks(Map<String, Double> byCountry) {
        bitsPerSecond.putAll(byCountry);
        double[] sorted = byCountry.values().stream().mapToDouble(Double::doubleValue).sorted().toArray();
        median = sorted[sorted.length / 2];
    }

    static CountryUplinks load(Path path) throws IOException {
        StringBuilder text = new StringBuilder();
        try (DataLines lines = new DataLines(path)) {
            while (lines.next())
                text.append(lines.text()).append('\n');
            int begin = text.indexOf("\"countries\"");
            Map<String, Double> found = new TreeMap<>();
            Matcher matcher = COUNTRY.matcher(text).region(Math.max(begin, 0), text.length());
            while (matcher.find()) {
                double mbits = Double.parseDouble(matcher.group(2));
                if (mbits <= 0 || mbits > MOST_MBITS)
                    throw lines.bad(line(text, matcher.start()), "an uplink of " + mbits + " Mbit/s");
                found.putIfAbsent(matcher.group(1), mbits * 1e6);
            }
            if (begin < 0 || found.isEmpty())
                throw lines.bad(0, "expected {\"countries\": {\"NI\": {\"up_mbits\": 11.94}}}");
            return new CountryUplinks(found);
        }
    }

    private static long line(StringBuilder text, int at) {
        return 1 + text.substring(0, at).chars().filter(c -> c == '\n').count();
    }

    /** The median country's where none is known. */
    double bitsPerSecond(@Nullable String country) {
        return country == null ? median : bitsPerSecond.getOrDefault(country, median);
    }
}
