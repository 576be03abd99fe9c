package io.rollcall.server.reload;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, by which administrators tell a daemon to read its files again. Without this it would end the JVM, also while
 * the gateway still starts: a signal that comes before anybody acts on it waits.
 *
 * <p>By reflection: the JDK has no other way to a signal, and its compiler's warning of this one cannot be suppressed,
 * so a build that takes warnings for errors would fail. Thread-safe.
 */
public final class HangUpSignal {
    private static final Logger log = LoggerFactory.getLogger(HangUpSignal.class);

    private @Nullable Runnable action; // guarded by this
    private boolean isWaiting; // guarded by this
    private boolean isIgnored;

    HangUpSignal() {}

    /** Hears the signal from now on, for as long as the process lives; the one before hears nothing any more. */
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

    /** Whether no signal will ever be heard, since whoever started the process told it to ignore SIGHUP. */
    public boolean isIgnored() {
        return isIgnored;
    }

    /** On a thread of the JVM's. Several signals before {@link #then} count as one. */
    synchronized void raised() {
        if (action == null) {
            isWaiting = true;
        } else {
            action.run();
        }
    }

    /**
     * Acts on the signal from now on, and at once where one is waiting.
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
