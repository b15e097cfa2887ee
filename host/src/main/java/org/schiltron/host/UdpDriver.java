package org.schiltron.host;

import java.util.Locale;

/** How datagrams get in and out of the process. */
public enum UdpDriver {
    /** recvmmsg and sendmmsg called directly, with segmentation offload. Linux on 64-bit x86, ARM or RISC-V. */
    NATIVE,
    /** {@link java.nio.channels.DatagramChannel}. Everywhere. */
    PORTABLE;

    /** The system property that forces a driver: {@code native}, {@code portable} or {@code auto} (the default). */
    public static final String PROPERTY = "schiltron.udp";

    /**
     * The driver the system property names, else the native one where it loads.
     *
     * @throws IllegalArgumentException if the property names no driver
     * @throws UnsupportedOperationException if the native driver is asked for and does not load here
     */
    public static UdpDriver preferred() {
        String name = System.getProperty(PROPERTY, "auto").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "portable" -> PORTABLE;
            case "native" -> {
                if (!NATIVE.loads())
                    throw new UnsupportedOperationException(PROPERTY + "=native: not on this system");
                yield NATIVE;
            }
            case "auto" -> NATIVE.loads() ? NATIVE : PORTABLE;
            default -> throw new IllegalArgumentException(
                    PROPERTY + "=" + name + ": expected auto, native or portable");
        };
    }

    /** Whether this driver works on this system. */
    public boolean loads() {
        return this == PORTABLE || NATIVE_LOADS;
    }

    private static final boolean NATIVE_LOADS = probe();

    /** Without the permission ({@code --enable-native-access}) each start would print the JVM's warning. */
    private static boolean probe() {
        if (!Linux.supported() || !UdpDriver.class.getModule().isNativeAccessEnabled())
            return false;
        try {
            Linux linux = new Linux();
            int fd = linux.eventfd();
            return fd >= 0 && linux.close(fd) == 0;
        } catch (LinkageError | RuntimeException e) { // no such function in this C library
            return false;
        }
    }
}
