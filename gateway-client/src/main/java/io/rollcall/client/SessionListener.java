package io.rollcall.client;

/**
 * Hears what becomes of a session. Called on the session's thread, apart from the first {@link #registered}, which is
 * called on the thread that registers: return soon, since heartbeats wait. What a listener throws is logged, and the
 * session goes on.
 */
public interface SessionListener {

    /** Registered: at first, and each time anew; the bootstrap flag, epoch and incarnation may have changed. */
    default void registered(Registration registration) {}

    /**
     * The gateway does not answer, or refuses; the session keeps trying. Called once an outage, and again where the
     * code or reason changes. A refusal ({@link GatewayException#isTransient} is false) needs somebody to act: to
     * renew a token, say.
     */
    default void outage(GatewayException why) {}

    /** The gateway answers again. */
    default void recovered() {}

    /** Another process registered as this node: stop acting as it. The session is over and does not register again. */
    default void replaced() {}

    /** The node was taken out of the cluster. The session is over and does not register again. */
    default void removed() {}
}
