package io.rollcall.server.reload;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, by which administrators tell a daemon to read its files again. Without this it would end the JVM.
 *
 * <p>By reflection: the JDK has no other way to a signal, and its compiler's warning of this one cannot be suppressed,
 * so a build that takes warnings for errors would fail.
 */
final class HangUpSignal {
    private static final Logger log = LoggerFactory.getLogger(HangUpSignal.class);

    private HangUpSignal() {}

    /** @param action run on a thread of the JVM's for each signal; must return at once */
    static void handle(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler onSignal = (proxy, method, arguments) -> {
                action.run();
                return null;
            };
            Object handling =
                    Proxy.newProxyInstance(HangUpSignal.class.getClassLoader(), new Class<?>[] {handler}, onSignal);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), handling);
        } catch (ReflectiveOperationException e) {
            log.warn("SIGHUP cannot be heard here; files are taken all the same when they change: {}", e.toString());
        }
    }
}
