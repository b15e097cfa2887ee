package org.schiltron.app;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.schiltron.app.Setting.Kind;
import org.schiltron.app.Setting.Tier;
import org.schiltron.host.Addresses;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A command that runs a role until it is stopped. Its settings of the first tier are options of their own; every setting
 * can be given with {@code --set} and in a file.
 */
abstract class RoleCommand implements Callable<Integer> {
    static final Setting METRICS = Setting.text(Tier.FIRST, "metrics", "127.0.0.1:0", 64,
            "where Prometheus may read, port 0 for any free one, or `off`");

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(names = {"-c",
            "--config"}, paramLabel = "FILE", description = "settings in TOML; docs/OPERATING.md lists them")
    private @Nullable Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "any setting of the file, repeatable; overrides the file")
    private Map<String, String> more = Map.of();

    private @Nullable Settings running;

    /** Every setting of the role but {@link #METRICS}. */
    abstract List<Setting> known();

    /** Opens the role's parts, says on {@code out} where they can be reached, and returns. */
    abstract void open(RoleProcess process, Settings settings, PrintWriter out);

    /** Adds what was given without an option's name. */
    void positional(Map<String, List<String>> arguments) {
    }

    /** Whether the command only printed something, and is done. */
    boolean printOnly(Settings settings, PrintWriter out) {
        return false;
    }

    /** Whether SIGHUP makes it read its file again; any other role ends by it. */
    boolean reloads() {
        return false;
    }

    /** Whether SIGHUP has something to read even without {@code -c}. */
    boolean readsOtherFiles() {
        return false;
    }

    /**
     * Takes over what may change while the role runs, and says so on {@code out}. A {@link Failure} means that nothing has
     * changed.
     *
     * @return the settings it takes over
     */
    List<Setting> reload(Settings again, PrintWriter out) {
        return List.of();
    }

    /** On the signal's thread. */
    private synchronized void reload(PrintWriter out) {
        try {
            Path from = file;
            if (from == null && !readsOtherFiles())
                throw new Failure(Exit.USAGE, "there is no file to read again: it was started without -c FILE");
            Settings again = settings();
            List<Setting> taken = reload(again, out);
            Settings before = running;
            running = again;
            for (Setting setting : before == null ? List.<Setting>of() : again.differing(before))
                if (!taken.contains(setting))
                    out.println("note: " + setting.key() + " is another now in " + from + "; that takes a restart");
        } catch (Failure e) {
            spec.commandLine().getErr()
                    .println(spec.qualifiedName() + ": " + e.line() + "; nothing has changed");
        }
    }

    /** What {@code protect} and {@code connect} report beside their parts. */
    void report(ObjectNode status) {
    }

    /** Commands on the control socket beside {@code status}; null for one that is not known. */
    @Nullable
    ObjectNode command(String ask, JsonNode request) {
        return null;
    }

    @Override
    public final Integer call() {
        Settings settings = settings();
        running = settings;
        PrintWriter out = spec.commandLine().getOut();
        if (printOnly(settings, out))
            return Exit.OK.code();
        try (RoleProcess process = new RoleProcess(spec.name())) {
            String metrics = serveMetrics(process, settings, out);
            open(process, settings, out);
            out.println("metrics: " + metrics);
            if (reloads())
                Signals.onEach("HUP", () -> reload(out));
            process.listen(this::report, this::command);
            process.await();
        }
        return Exit.OK.code();
    }

    /** Where they are served. */
    private static String serveMetrics(RoleProcess process, Settings settings, PrintWriter out) {
        String at = String.valueOf(settings.text(METRICS));
        if (at.equals("off"))
            return "off";
        InetSocketAddress address;
        try {
            address = UdpSettings.resolve(Addresses.parse(at));
        } catch (IllegalArgumentException e) {
            throw settings.wrong(METRICS, e.getMessage() + ", or off");
        }
        Metrics metrics = process.measure(Metrics.serve(address));
        String open = Addresses.toText(new InetSocketAddress(address.getAddress(), metrics.port()));
        if (!address.getAddress().isLoopbackAddress())
            out.println("warning: whoever reaches " + open
                    + " reads the metrics, without a password: filter that port, or take --metrics 127.0.0.1:PORT");
        return "http://" + open + "/metrics";
    }

    /** The role's own settings and those of every role. */
    private List<Setting> all() {
        return Stream.concat(known().stream(), Stream.of(METRICS)).toList();
    }

    private Settings settings() {
        Map<String, List<String>> arguments = new LinkedHashMap<>();
        more.forEach((key, value) -> arguments.put(key, List.of(value)));
        for (Setting setting : all()) {
            OptionSpec option = spec.findOption("--" + setting.name());
            if (option == null || option.stringValues().isEmpty())
                continue;
            arguments.put(setting.key(), setting.kind() == Kind.FLAG && option.stringValues().getFirst().isEmpty()
                    ? List.of("true")
                    : option.stringValues());
        }
        positional(arguments);
        return Settings.read(file, arguments, all());
    }

    /** Gives each setting of the first tier its option. */
    void addOptions(CommandSpec to) {
        for (Setting setting : all()) {
            if (setting.tier() == Tier.FIRST)
                to.addOption(option(setting));
        }
    }

    private static OptionSpec option(Setting setting) {
        String preset = setting.fallback().isEmpty() || setting.kind() == Kind.FLAG
                ? ""
                : " (default: " + setting.fallback() + ")";
        OptionSpec.Builder builder = OptionSpec.builder("--" + setting.name())
                .description(setting.meaning().replace("`", "").replace("%", "%%") + preset);
        return switch (setting.kind()) {
            case FLAG -> builder.type(String.class).arity("0..1").fallbackValue("true").paramLabel("BOOL").build();
            case TEXTS, ADDRESSES, KEYS -> builder.type(List.class).auxiliaryTypes(String.class).arity("1..*")
                    .splitRegex(",").paramLabel(label(setting)).build();
            default -> builder.type(String.class).paramLabel(label(setting)).build();
        };
    }

    private static String label(Setting setting) {
        return switch (setting.kind()) {
            case WHOLE -> "N";
            case ADDRESS, ADDRESSES -> "HOST:PORT";
            default -> setting.name().toUpperCase(Locale.ROOT);
        };
    }
}
