package org.schiltron.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.schiltron.internet.Size;
import org.schiltron.internet.SizeQuestion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code schiltron sim size}. */
@Command(name = "size", description = "How many mailboxes of what uplink, rings in how many networks, and what traffic a month an attack takes.", footer = {
        "", "The model is that of \"sim internet\", on links of today. Rates are 50Gbps, 200Mbit/s and the like.", "",
        "Examples:", "  schiltron sim size --attack 50Gbps",
        "  schiltron sim size --attack 2Tbps --traffic 10Gbps --link 40Gbps --loss 0.01 --hours 72 --out results",
        "  schiltron sim size --attack 50Gbps --as-rel 20240801.as-rel2.txt.bz2 --server 64500"})
final class SimSize implements Callable<Integer> {
    /** So many are placed to learn where they are; how many are needed is the answer. */
    private static final int PLACES = 1_000;
    private static final int ANY_BOTS = 1;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--attack", required = true, paramLabel = "RATE", converter = BitRate.Converter.class, description = "of all bots together")
    @SuppressWarnings("NullAway.Init")
    private BitRate attack;

    @Option(names = "--traffic", paramLabel = "RATE", defaultValue = "1Gbps", converter = BitRate.Converter.class, description = "of all clients, both directions together (default ${DEFAULT-VALUE})")
    @SuppressWarnings("NullAway.Init")
    private BitRate traffic;

    @Option(names = "--link", paramLabel = "RATE", defaultValue = "10Gbps", converter = BitRate.Converter.class, description = "the service's own link (default ${DEFAULT-VALUE})")
    @SuppressWarnings("NullAway.Init")
    private BitRate link;

    @Option(names = "--loss", paramLabel = "SHARE", defaultValue = "0.03", description = "of packets that may be lost, 0.001 to 0.5 (default ${DEFAULT-VALUE})")
    private double loss;

    @Option(names = "--hours", paramLabel = "N", defaultValue = "24", description = "of attack in a month of 720 (default ${DEFAULT-VALUE})")
    private double hours;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private WorldOptions world;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ExperimentOptions options;

    @Override
    public Integer call() {
        options.run(spec, command(), progress -> Size.run(world.setup(ANY_BOTS, PLACES, 0), new SizeQuestion(
                attack.bitsPerSecond(), traffic.bitsPerSecond(), link.bitsPerSecond(), loss, hours), progress));
        return Exit.OK.code();
    }

    private String command() {
        List<String> words = new ArrayList<>(List.of("schiltron sim size"));
        for (String option : List.of("--attack", "--traffic", "--link", "--loss", "--hours"))
            words.add(option + " " + spec.findOption(option).originalStringValues().stream().findFirst()
                    .orElse(spec.findOption(option).defaultValueString()));
        world.name(words);
        return String.join(" ", words);
    }
}
