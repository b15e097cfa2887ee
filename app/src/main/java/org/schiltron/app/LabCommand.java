package org.schiltron.app;

import java.io.IOException;
import org.schiltron.host.TunDevice;
import com.sun.security.auth.module.UnixSystem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code schiltron lab}. */
@Command(name = "lab", description = "Real programs across a modelled network: a scenario in real time, hosts in network namespaces.", subcommands = {
        LabUp.class, LabExec.class, LabAttack.class, LabRules.class,
        LabDown.class}, footer = {"",
                "Linux, root and iproute2. One lab at a time; \"schiltron status lab\" says how it is doing.", "",
                "Examples:",
                "  schiltron lab up docs/scenarios/lab.toml", "  schiltron lab exec client -- ping -c 3 web",
                "  schiltron lab attack --from bots --target web --rate 50Mbit --for 10s", "  schiltron lab down"})
final class LabCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which one? up, exec, attack, rules or down");
    }

    /** @throws Failure if a lab cannot be had here, or not by this user */
    static void checkAllowed() {
        if (!TunDevice.supported())
            throw new Failure(Exit.ENVIRONMENT, "a lab needs Linux, with TUN devices and network namespaces");
        if (new UnixSystem().getUid() != 0)
            throw new Failure(Exit.USAGE,
                    "a lab needs root, for TUN devices and network namespaces: sudo schiltron lab ...");
    }

    static Failure failed(IOException e) {
        return new Failure(Exit.FAILED, "lab: " + Reason.of(e), e);
    }
}
