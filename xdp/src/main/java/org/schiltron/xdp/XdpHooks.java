package org.schiltron.xdp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The interfaces on which a ring's programs hang, each by a link of this process. */
final class XdpHooks implements AutoCloseable {
    private static final int NONE = -1;

    /** @param earlier what hung on the link when it was taken over from an earlier ring, until {@link #keep}; else {@link #NONE} */
    private record Hook(String interfaceName, boolean inside, int link, int earlier) {
    }

    private final Bpf bpf;
    private final List<Hook> hooks = new ArrayList<>();

    XdpHooks(Bpf bpf) {
        this.bpf = bpf;
    }

    /**
     * Puts a program on an interface, in the place of what an earlier ring left there, without a packet in between.
     *
     * @param pins where links are pinned, by the names of interfaces; null: nowhere
     * @throws IOException if there is no such interface, another program is on it, or it cannot have any
     */
    void attach(XdpProgram program, String interfaceName, boolean inside, XdpRing.Mode mode, @Nullable Path pins)
            throws IOException {
        int index = Bpf.interfaceIndex(interfaceName);
        if (index == 0)
            throw new IOException("there is no interface " + interfaceName);
        int wanted = inside ? program.inside : program.outside;
        if (pins != null && takeOver(pins.resolve(interfaceName), wanted, interfaceName, index, inside))
            return;
        try {
            hooks.add(new Hook(interfaceName, inside, bpf.attach(wanted, index, mode.flags, interfaceName), NONE));
        } catch (Bpf.BpfException e) {
            if (e.errno == Bpf.EBUSY)
                throw new IOException(interfaceName + " has an XDP program already: see ip link show " + interfaceName,
                        e);
            if (e.errno == Bpf.EOPNOTSUPP || e.errno == Bpf.EINVAL)
                throw new IOException(
                        interfaceName + " cannot have an XDP program in this mode: try --xdp-mode generic", e);
            throw e;
        }
    }

    private boolean takeOver(Path pin, int program, String interfaceName, int index, boolean inside)
            throws IOException {
        int link = bpf.pinned(pin.toString());
        if (link < 0)
            return false;
        int earlier = NONE;
        try {
            Bpf.XdpLink of = bpf.xdpLink(link, pin.toString());
            if (of.interfaceIndex() != index) { // the interface went, and its program with it; this is another of that name
                Files.delete(pin);
                Bpf.close(link);
                return false;
            }
            earlier = bpf.programOf(of);
            bpf.replace(link, program);
            hooks.add(new Hook(interfaceName, inside, link, earlier));
            return true;
        } catch (IOException e) {
            Bpf.close(link);
            if (earlier != NONE)
                Bpf.close(earlier);
            throw e;
        }
    }

    /**
     * From here on there is no way back to what an earlier ring left.
     *
     * @param pins where links are to be pinned, so that programs stay beyond this process; null: nowhere
     * @throws IOException if that fails; what was pinned meanwhile is not
     */
    void keep(@Nullable Path pins) throws IOException {
        List<Path> pinned = new ArrayList<>();
        try {
            for (Hook hook : hooks) {
                if (pins == null || hook.earlier != NONE)
                    continue;
                Path pin = pins.resolve(hook.interfaceName);
                bpf.pin(hook.link, pin.toString());
                pinned.add(pin);
            }
        } catch (IOException e) {
            for (Path pin : pinned)
                Files.deleteIfExists(pin);
            throw e;
        }
        hooks.replaceAll(hook -> {
            if (hook.earlier != NONE)
                Bpf.close(hook.earlier);
            return new Hook(hook.interfaceName, hook.inside, hook.link, NONE);
        });
    }

    /** Everywhere, or, if that fails, nowhere. */
    void replace(XdpProgram old, XdpProgram next) throws IOException {
        List<Hook> changed = new ArrayList<>();
        try {
            for (Hook hook : hooks) {
                bpf.replace(hook.link, hook.inside ? next.inside : next.outside);
                changed.add(hook);
            }
        } catch (IOException e) {
            for (Hook hook : changed)
                takeBack(hook, hook.inside ? old.inside : old.outside, e);
            throw e;
        }
    }

    private void takeBack(Hook hook, int program, IOException why) {
        try {
            bpf.replace(hook.link, program);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /** What was taken over and not yet {@linkplain #keep kept} is again as it was. */
    @Override
    public void close() {
        for (Hook hook : hooks) {
            if (hook.earlier != NONE) {
                takeBack(hook, hook.earlier, new IOException("closing"));
                Bpf.close(hook.earlier);
            }
            Bpf.close(hook.link);
        }
        hooks.clear();
    }
}
