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

    private static final class Hook {
        final String interfaceName;
        final boolean inside;
        final XdpRing.Mode mode;
        int link;
        /** What hung on the link when it was taken over from an earlier ring, until {@link #keep}. */
        int earlier;
        String trouble = "";

        Hook(String interfaceName, boolean inside, XdpRing.Mode mode, int link, int earlier) {
            this.interfaceName = interfaceName;
            this.inside = inside;
            this.mode = mode;
            this.link = link;
            this.earlier = earlier;
        }

        int of(XdpProgram program) {
            return inside ? program.inside : program.outside;
        }
    }

    private final Bpf bpf;
    private final List<Hook> hooks = new ArrayList<>();
    private @Nullable Path kept;

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
        Hook hook = new Hook(interfaceName, inside, mode, NONE, NONE);
        if (pins == null || !takeOver(hook, pins.resolve(interfaceName), index, program))
            hook.link = link(hook, index, program);
        hooks.add(hook);
    }

    private int link(Hook hook, int index, XdpProgram program) throws IOException {
        try {
            return bpf.attach(hook.of(program), index, hook.mode.flags, hook.interfaceName);
        } catch (Bpf.BpfException e) {
            if (e.errno == Bpf.EBUSY)
                throw new IOException(hook.interfaceName + " has an XDP program already: see ip link show "
                        + hook.interfaceName, e);
            if (e.errno == Bpf.EOPNOTSUPP || e.errno == Bpf.EINVAL)
                throw new IOException(
                        hook.interfaceName + " cannot have an XDP program in this mode: try --xdp-mode generic", e);
            throw e;
        }
    }

    private boolean takeOver(Hook hook, Path pin, int index, XdpProgram program) throws IOException {
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
            bpf.replace(link, hook.of(program));
        } catch (IOException e) {
            Bpf.close(link);
            if (earlier != NONE)
                Bpf.close(earlier);
            throw e;
        }
        hook.link = link;
        hook.earlier = earlier;
        return true;
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
        kept = pins;
        for (Hook hook : hooks) {
            if (hook.earlier != NONE)
                Bpf.close(hook.earlier);
            hook.earlier = NONE;
        }
    }

    /**
     * Puts the program on interfaces that went and are back. To be called from time to time: what comes by them until then is judged by nobody.
     *
     * @return what is new, a line each
     */
    List<String> watch(XdpProgram program) throws IOException {
        List<String> news = new ArrayList<>();
        for (Hook hook : hooks) {
            int index = Bpf.interfaceIndex(hook.interfaceName);
            int on = bpf.xdpLink(hook.link, hook.interfaceName).interfaceIndex();
            if (index == on && index != 0 || index == 0 && on != 0) // by another name it is judged as before
                continue;
            String before = hook.trouble;
            hook.trouble = index == 0 ? "is gone" : returned(hook, index, program);
            if (hook.trouble.isEmpty())
                news.add("interface " + hook.interfaceName + " is back, and judged");
            else if (!hook.trouble.equals(before))
                news.add("interface " + hook.interfaceName + " " + hook.trouble);
        }
        return news;
    }

    /** What is in the way, or empty. */
    private String returned(Hook hook, int index, XdpProgram program) {
        try {
            int link = link(hook, index, program);
            Bpf.close(hook.link);
            hook.link = link;
            Path pins = kept;
            if (pins != null) {
                Files.deleteIfExists(pins.resolve(hook.interfaceName));
                bpf.pin(link, pins.resolve(hook.interfaceName).toString());
            }
            return "";
        } catch (IOException e) {
            return "is back, but: " + e.getMessage();
        }
    }

    /** Everywhere, or, if that fails, nowhere. Where an interface is gone there is nothing to be done until it is back. */
    void replace(XdpProgram old, XdpProgram next) throws IOException {
        List<Hook> changed = new ArrayList<>();
        try {
            for (Hook hook : hooks) {
                if (replace(hook, hook.of(next)))
                    changed.add(hook);
            }
        } catch (IOException e) {
            for (Hook hook : changed)
                takeBack(hook, hook.of(old), e);
            throw e;
        }
    }

    private boolean replace(Hook hook, int program) throws IOException {
        try {
            bpf.replace(hook.link, program);
            return true;
        } catch (Bpf.BpfException e) {
            if (e.errno == Bpf.ENOLINK)
                return false;
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
