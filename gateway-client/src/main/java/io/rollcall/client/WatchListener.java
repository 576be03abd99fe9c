package io.rollcall.client;

import java.util.List;

/**
 * Receives the events of a {@link ClusterWatch}, in order, on the watch's own thread. While a listener works, the
 * gateway waits; one that works for too long misses changes and gets a new snapshot. Exceptions are logged and the
 * watch continues.
 */
public interface WatchListener {

    /**
     * Called with a new snapshot: at first, and when the gateway no longer had the changes in between. These changes
     * are not reported one by one.
     */
    default void taken(ClusterView view) {}

    /**
     * Called when the cluster changed.
     *
     * @param changes at least one, each one revision higher than the previous one, also across calls
     * @param view the current view
     */
    default void changed(List<ClusterChange> changes, ClusterView view) {}

    /** Called once per outage, when the gateway does not answer or refuses; the watch keeps trying. */
    default void outage(GatewayException why) {}

    /** Called when the gateway answers again. */
    default void recovered() {}
}
