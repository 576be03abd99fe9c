package io.rollcall.client;

/**
 * Receives the events of a session. Called on the session's thread, apart from the first {@link #registered}, which is
 * called on the registering thread. Return soon, since heartbeats wait. Exceptions are logged and the session
 * continues.
 */
public interface SessionListener {

    /** Called after each registration; the bootstrap flag, epoch and incarnation may have changed. */
    default void registered(Registration registration) {}

    /**
     * Called when the gateway does not answer or refuses; the session keeps trying. Called once per outage, and again
     * if the code or reason changes. A refusal ({@link GatewayException#isTransient} is false) needs action, such as
     * renewing a token.
     */
    default void outage(GatewayException why) {}

    /** Called when the gateway answers again. */
    default void recovered() {}

    /**
     * Called when another process registered as this node: stop acting as it. The session is over and does not register
     * again.
     */
    default void replaced() {}

    /** Called when the node was removed. The session is over and does not register again. */
    default void removed() {}
}
