package org.schiltron.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packet table's load in ns-3, where that is installed: {@code bench/src/main/c/packets.cc}, compiled and run. */
final class Ns3Packets {
    private static final Path HEADER = Path.of("/usr/include/ns3/core-module.h");
    private static final Pattern ANSWER = Pattern.compile("packets (\\d+) seconds ([0-9.]+) received \\d+");

    private Ns3Packets() {
    }

    static boolean isInstalled() {
        return Files.exists(HEADER);
    }

    /**
     * Packets sent for each second of processor time, of one core.
     *
     * @param seconds virtual ones, of which the first half warms up
     */
    static double perSecond(int hosts, int packetsPerSecond, int payload, double seconds, int seed) throws IOException,
            InterruptedException {
        Path directory = Files.createTempDirectory("schiltron-ns3");
        try {
            Path program = directory.resolve("packets");
            Path source = Path.of(System.getProperty("schiltron.root", "."), "bench/src/main/c/packets.cc");
            run(List.of("g++", "-O2", "-std=c++17", "-o", program.toString(), source.toString(), "-lns3-internet",
                    "-lns3-point-to-point", "-lns3-traffic-control", "-lns3-network", "-lns3-core",
                    "-Wl,--allow-shlib-undefined"));
            List<String> command = new ArrayList<>(List.of(program.toString()));
            for (Object argument : new Object[]{hosts, packetsPerSecond, payload, seconds, seed})
                command.add(argument.toString());
            String said = run(command);
            Matcher answer = ANSWER.matcher(said.strip());
            if (!answer.matches())
                throw new IOException("ns-3 says \"" + said + "\"");
            return Long.parseLong(answer.group(1)) / Double.parseDouble(answer.group(2));
        } finally {
            Files.deleteIfExists(directory.resolve("packets"));
            Files.delete(directory);
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0)
            throw new IOException(command.getFirst() + " failed: " + said);
        return said;
    }
}
