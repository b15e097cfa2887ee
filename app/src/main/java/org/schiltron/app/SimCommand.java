package org.schiltron.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code schiltron sim}. */
@Command(name = "sim", description = "Asks the model instead of the Internet: what a defence holds, and what it would take.", subcommands = {
        SimRun.class, SimInternet.class, SimOverlays.class, SimSessions.class, SimPapers.class,
        SimSize.class}, footer = {"", "Examples:",
                "  schiltron sim run docs/scenarios/flood.toml", "  schiltron sim size --attack 50Gbps",
                "  schiltron sim internet --bots 1000000 --mailboxes 7200",
                "  schiltron sim internet --figure fig6 --out results",
                "  schiltron sim overlays --figure flooding --keys 64000",
                "  schiltron sim sessions --figure fig5", "  schiltron sim papers --out results"})
final class SimCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(),
                "which one? run, internet, overlays, sessions, papers or size");
    }
}
