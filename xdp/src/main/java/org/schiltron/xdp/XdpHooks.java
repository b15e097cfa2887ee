package org.schiltron.xdp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The interfaces on which a ring's programs hang, each by a link of this process. */
final class XdpHooks {
    private static final int NONE = -1;

    private static final class Hook {
        final String interfaceName;
        final boolean inside;
        final XdpRing.Mode mode;
        int link = NONE;
        /** What hung on the link when it was taken over from an earlier ring, until {@link #keep}. */
        int earlier = NONE;
        boolean pinned;
        String trouble = "";

        Hook(String interfaceName, boolean inside, XdpRing.Mode mode) {
            this.interfaceName = interfaceName;
            this.inside = inside;
            this.mode = mode;
        }

        int of(XdpProgram program) {
            return inside ? program.inside : program.outside;
        }
    }

    private final Bpf bpf;
    private final @Nullable Path pins;
    private final List<Hook> hooks = new ArrayList<>();

    /** @param pins a directory in a BPF file system where links are pinned, by the names of interfaces; null: nowhere */
    XdpHooks(Bpf bpf, @Nullable Path pins) {
        this.bpf = bpf;
        this.pins = pins;
    }

    /**
     * Puts a program on an interface, or in the place of what an earlier ring has pinned there, without a packet in between.
     *
     * @throws IOException if there is no such interface, another program is on it, or it cannot have any
     */
    void attach(XdpProgram program, String interfaceName, boolean inside, XdpRing.Mode mode) throws IOException {
        int index = Bpf.interfaceIndex(interfaceName);
        if (index == 0)
            throw new IOException("there is no interface " + interfaceName);
        if (hooks.stream().anyMatch(other -> other.interfaceName.equals(interfaceName)))
            throw new IOException(interfaceName + " is named twice: an interface is outside or inside");
        Hook hook = new Hook(interfaceName, inside, mode);
        attach(hook, index, program);
        hooks.add(hook);
    }

    private void attach(Hook hook, int index, XdpProgram program) throws IOException {
        try {
            hook.link = bpf.attach(hook.of(program), index, hook.mode.flags, hook.interfaceName);
            hook.pinned = false;
        } catch (Bpf.BpfException e) {
            boolean taken = e.errno == Bpf.EBUSY || e.errno == Bpf.EEXIST; // in this mode, or in the other
            if (taken && takeOver(hook, index, program))
                return;
            if (taken)
                throw new IOException(hook.interfaceName + " has an XDP program already: see ip link show "
                        + hook.interfaceName, e);
            if (e.errno == Bpf.EOPNOTSUPP || e.errno == Bpf.EINVAL)
                throw new IOException(
                        hook.interfaceName + " cannot have an XDP program in this mode: try --xdp-mode generic", e);
            throw e;
        }
    }

    /** Whether the interface's program is one that is pinned. */
    private boolean takeOver(Hook hook, int index, XdpProgram program) throws IOException {
        Path pin = pin(hook);
        int link = pin == null ? NONE : bpf.pinned(pin.toString());
        if (link == NONE)
            return false;
        try {
            Bpf.XdpLink of = bpf.xdpLink(link);
            if (of == null || of.interfaceIndex() != index) {
                Bpf.close(link);
                return false;
            }
            hook.earlier = bpf.programOf(of);
            bpf.replace(link, hook.of(program), hook.earlier);
        } catch (IOException e) {
            Bpf.close(link);
            closeEarlier(hook);
            throw e;
        }
        hook.link = link;
        hook.pinned = true;
        return true;
    }

    private @Nullable Path pin(Hook hook) {
        Path directory = pins;
        return directory == null
                ? null
                : directory.resolve(hook.interfaceName.replace('.', ':')); // a name there has no dots, one of an interface no colons
    }

    /**
     * From here on there is no way back to what an earlier ring left, and programs stay beyond this process, where there are pins.
     *
     * @throws IOException if they cannot be pinned
     */
    void keep() throws IOException {
        List<Path> now = new ArrayList<>();
        try {
            for (Hook hook : hooks) {
                Path pin = pin(hook);
                if (pin != null && !hook.pinned) {
                    pinAs(hook, pin);
                    now.add(pin);
                }
            }
        } catch (IOException e) {
            for (Path pin : now)
                Files.deleteIfExists(pin);
            throw e;
        }
        hooks.forEach(XdpHooks::closeEarlier);
    }

    private void pinAs(Hook hook, Path pin) throws IOException {
        int stale = bpf.pinned(pin.toString());
        if (stale != NONE) {
            Bpf.XdpLink of = bpf.xdpLink(stale);
            Bpf.close(stale);
            if (of == null || of.interfaceIndex() != 0)
                throw new IOException(pin + " holds something that is in use: remove it, or choose another directory");
            Files.delete(pin); // its interface went, and its program with it
        }
        bpf.pin(hook.link, pin.toString());
        hook.pinned = true;
    }

    private static void closeEarlier(Hook hook) {
        if (hook.earlier != NONE)
            Bpf.close(hook.earlier);
        hook.earlier = NONE;
    }

    /**
     * Puts the program on interfaces that went and are back. To be called from time to time: what comes by them until then is judged by nobody.
     *
     * @return what is new, a line each
     */
    List<String> watch(XdpProgram program) throws IOException {
        List<String> news = new ArrayList<>();
        for (Hook hook : hooks) {
            Bpf.XdpLink link = bpf.xdpLink(hook.link);
            String trouble;
            if (link == null || link.interfaceIndex() == 0) {
                trouble = returned(hook, program);
                if (trouble.isEmpty())
                    news.add("interface " + hook.interfaceName + " is back, and judged");
            } else {
                trouble = trouble(hook, link, program);
            }
            if (!trouble.isEmpty() && !trouble.equals(hook.trouble))
                news.add("interface " + hook.interfaceName + " " + trouble);
            hook.trouble = trouble;
        }
        return news;
    }

    private String returned(Hook hook, XdpProgram program) {
        int index = Bpf.interfaceIndex(hook.interfaceName);
        if (index == 0)
            return "is gone";
        int old = hook.link;
        try {
            attach(hook, index, program);
            closeEarlier(hook);
            Bpf.close(old);
            return unpinned(hook);
        } catch (IOException e) {
            return "is back, but: " + e.getMessage();
        }
    }

    private String trouble(Hook hook, Bpf.XdpLink link, XdpProgram program) throws IOException {
        int index = Bpf.interfaceIndex(hook.interfaceName);
        if (index != 0 && index != link.interfaceIndex())
            return "is another of that name, and not judged: the one from the start still is";
        if (link.programId() != bpf.programId(hook.of(program)))
            return "has another ring's program now: rules that change here are not in force there";
        return unpinned(hook);
    }

    /** Why it still is not pinned, though it should be; else empty. */
    private String unpinned(Hook hook) {
        Path pin = pin(hook);
        if (pin == null || hook.pinned)
            return "";
        try {
            pinAs(hook, pin);
            return "";
        } catch (IOException e) {
            return "is judged, but: " + e.getMessage();
        }
    }

    /** Everywhere, or, if that fails, nowhere. Where an interface is gone there is nothing to be done until it is back. */
    void replace(XdpProgram old, XdpProgram next) throws IOException {
        List<Hook> changed = new ArrayList<>();
        try {
            for (Hook hook : hooks) {
                if (replace(hook, hook.of(old), hook.of(next)))
                    changed.add(hook);
            }
        } catch (IOException e) {
            for (Hook hook : changed)
                takeBack(hook, hook.of(next), hook.of(old), e);
            throw e;
        }
    }

    private boolean replace(Hook hook, int old, int next) throws IOException {
        try {
            bpf.replace(hook.link, next, old);
            return true;
        } catch (Bpf.BpfException e) {
            if (e.errno == Bpf.ENOLINK)
                return false;
            if (e.errno == Bpf.EPERM)
                throw new IOException(hook.interfaceName + " has another ring's program now: end this one", e);
            throw e;
        }
    }

    private void takeBack(Hook hook, int from, int to, IOException why) {
        try {
            bpf.replace(hook.link, to, from);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /**
     * What was taken over and not yet {@linkplain #keep kept} is again as it was.
     *
     * @param program what hangs there
     */
    void close(XdpProgram program) {
        for (Hook hook : hooks) {
            if (hook.earlier != NONE)
                takeBack(hook, hook.of(program), hook.earlier, new IOException("closing"));
            closeEarlier(hook);
            Bpf.close(hook.link);
        }
        hooks.clear();
    }
}
