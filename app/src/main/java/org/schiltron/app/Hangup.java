package org.schiltron.app;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * SIGHUP, which by custom makes a daemon read its configuration again. The JDK has no supported way to notice a signal;
 * its unsupported one (module jdk.unsupported) is found by name, so that a JDK without it costs this and nothing else.
 */
final class Hangup {
    private Hangup() {
    }

    /**
     * Runs {@code action} on each SIGHUP, on a thread of its own, instead of ending the process. Where SIGHUP was ignored
     * when the process began (nohup), it stays so.
     */
    static void onEach(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler runs = (proxy, method, args) -> switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> args != null && proxy == args[0];
                case "toString" -> "on SIGHUP";
                default -> {
                    action.run();
                    yield null;
                }
            };
            signal.getMethod("handle", signal, handler).invoke(null,
                    signal.getConstructor(String.class).newInstance("HUP"),
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[]{handler}, runs));
        } catch (ReflectiveOperationException e) {
            System.getLogger(Hangup.class.getName()).log(System.Logger.Level.WARNING,
                    "SIGHUP ends this process instead of making it read its file again: " + e);
        }
    }
}
