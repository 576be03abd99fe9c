package io.rollcall.server.reload;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles SIGHUP, by which administrators make a daemon reload its files. Unhandled, it would end the JVM, also during
 * startup; so a signal that arrives before {@link #then} is kept.
 *
 * <p>Uses reflection: the JDK has no other API for signals, and the compiler's warning about this one cannot be
 * suppressed, so a build with warnings as errors would fail. Thread-safe.
 */
public final class HangUpSignal {
    private static final Logger log = LoggerFactory.getLogger(HangUpSignal.class);

    private @Nullable Runnable action; // guarded by this
    private boolean isWaiting; // guarded by this
    private boolean isIgnored;

    HangUpSignal() {}

    /** Installs the handler for the rest of the process, in place of the previous one. */
    public static HangUpSignal listen() {
        HangUpSignal signal = new HangUpSignal();
        signal.isIgnored = isIgnoredAfter(signal::raised);
        return signal;
    }

    /** @return whether the process was started with SIGHUP ignored (nohup), which the JVM leaves so */
    private static boolean isIgnoredAfter(Runnable onSignal) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler handling = (proxy, method, arguments) -> {
                onSignal.run();
                return null;
            };
            Object before = signal.getMethod("handle", signal, handler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance("HUP"),
                            Proxy.newProxyInstance(
                                    HangUpSignal.class.getClassLoader(), new Class<?>[] {handler}, handling));
            return handler.getField("SIG_IGN").get(null).equals(before);
        } catch (ReflectiveOperationException e) {
            log.warn("SIGHUP cannot be heard here; files are taken all the same when they change: {}", e.toString());
            return false;
        }
    }

    /** Returns whether signals are never received, since the process was started with SIGHUP ignored. */
    public boolean isIgnored() {
        return isIgnored;
    }

    /** Called on a thread of the JVM. Several signals before {@link #then} count as one. */
    synchronized void raised() {
        if (action == null) {
            isWaiting = true;
        } else {
            action.run();
        }
    }

    /**
     * Runs the action for each later signal, and at once if one is pending.
     *
     * @param action must return at once
     */
    synchronized void then(Runnable action) {
        this.action = action;
        if (isWaiting) {
            isWaiting = false;
            action.run();
        }
    }
}
