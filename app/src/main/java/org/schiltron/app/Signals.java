package org.schiltron.app;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Signals. The JDK has no supported way to notice one; its unsupported one (module jdk.unsupported) is found by name, so that
 * a JDK without it costs this and nothing else.
 */
final class Signals {
    private Signals() {
    }

    /**
     * Runs {@code action} on each signal of that name ({@code HUP}, {@code INT}), on a thread of its own, instead of ending the
     * process. Where it was ignored when the process began (nohup), it stays so.
     */
    static void onEach(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler runs = (proxy, method, args) -> switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> args != null && proxy == args[0];
                case "toString" -> "on SIG" + name;
                default -> {
                    action.run();
                    yield null;
                }
            };
            signal.getMethod("handle", signal, handler).invoke(null,
                    signal.getConstructor(String.class).newInstance(name),
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[]{handler}, runs));
        } catch (ReflectiveOperationException e) {
            System.getLogger(Signals.class.getName()).log(System.Logger.Level.WARNING,
                    "SIG" + name + " ends this process instead of what it should do: " + e);
        }
    }
}
