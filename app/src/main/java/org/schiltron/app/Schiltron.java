package org.schiltron.app;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.module.ModuleDescriptor;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. Whatever goes wrong is one line on standard error and a code of {@link Exit}. */
@Command(name = "schiltron", description = "Keeps a service reachable while a botnet attacks it.", subcommands = {
        DemoCommand.class, KeyCommand.class, MailboxCommand.class, RingCommand.class, ProtectCommand.class,
        ConnectCommand.class, EdgeCommand.class, LandingCommand.class,
        BanCommand.class, TokenCommand.class, RecordCommand.class, MoveCommand.class, StatusCommand.class,
        SimCommand.class, LabCommand.class}, versionProvider = Schiltron.Version.class, footer = {
                "", "Examples:", //
                "  schiltron demo                             see it work, on this machine alone",
                "  schiltron protect 127.0.0.1:8080           beside the service",
                "  schiltron connect LINK --listen 127.0.0.1:9080   beside its users", //
                "", "schiltron COMMAND --help says more about each."})
public final class Schiltron implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private Schiltron() {
    }

    public static void main(String[] args) {
        System.exit(run(writer(System.out), writer(System.err), args));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }

    /** Runs one command to its end and gives its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        Locale.setDefault(Locale.ROOT);
        return commandLine().setOut(out).setErr(err).execute(args);
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Schiltron());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(Schiltron::usageError);
        line.setExecutionExceptionHandler((e, command, _) -> executionError(e, command));
        prepare(line);
        for (CommandLine command : line.getSubcommands().values()) {
            if (command.getCommand() instanceof RoleCommand role)
                role.addOptions(command.getCommandSpec());
        }
        return line;
    }

    /** Without a command: the help, as an error. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? one of "
                + String.join(", ", spec.subcommands().keySet()));
    }

    private static void prepare(CommandLine line) {
        line.getCommandSpec().mixinStandardHelpOptions(true);
        line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(Exit.table())
                .width(100);
        if (line.getCommand() instanceof LabExec)
            line.setStopAtPositional(true); // what follows the host is another program's
        line.getSubcommands().values().forEach(Schiltron::prepare);
    }

    private static int usageError(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String problem = String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong arguments");
        command.getErr().println(name + ": " + problem + "; see " + name + " --help");
        return Exit.USAGE.code();
    }

    private static int executionError(Exception e, CommandLine command) {
        if (Boolean.getBoolean("schiltron.trace"))
            e.printStackTrace(command.getErr());
        String name = command.getCommandSpec().qualifiedName();
        if (e instanceof Failure failure) {
            command.getErr().println(name + ": " + failure.line());
            return failure.exit().code();
        }
        command.getErr().println(name + ": a fault in Schiltron, please report it: " + e
                + " (SCHILTRON_JAVA_OPTS=-Dschiltron.trace=true shows where)");
        return Exit.BUG.code();
    }

    /** The version is the module's. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            ModuleDescriptor descriptor = Schiltron.class.getModule().getDescriptor();
            String version = descriptor == null ? "" : descriptor.rawVersion().orElse("");
            return new String[]{"schiltron " + (version.isEmpty() ? "(development)" : version)};
        }
    }
}
