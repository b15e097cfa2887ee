package org.schiltron.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks into a Schiltron process from outside: its metrics, its heap. */
final class Inspection {
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private Inspection() {
    }

    /** The sum of a metric over its labels. */
    static double metric(int port, String name) throws IOException {
        try (InputStream in = URI.create("http://127.0.0.1:" + port + "/metrics").toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
        }
    }

    static String jcmd(Scene scene, Child child, String... command) throws IOException, InterruptedException {
        String[] whole = new String[command.length + 2];
        whole[0] = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        whole[1] = Long.toString(child.pid());
        System.arraycopy(command, 0, whole, 2, command.length);
        return scene.run(whole);
    }

    /** Bytes of live objects: after a full collection. Generations of the serial collector. */
    static long liveHeapBytes(Scene scene, Child child) throws IOException, InterruptedException {
        jcmd(scene, child, "GC.run");
        long sum = 0;
        for (String line : jcmd(scene, child, "GC.heap_info").lines().toList()) {
            Matcher used = USED.matcher(line);
            if (line.contains(" total ") && used.find())
                sum += Long.parseLong(used.group(1)) << 10;
        }
        return sum;
    }
}
