package io.rollcall.client;

import java.util.List;

/**
 * Hears what a {@link ClusterWatch} hears, in order, on the watch's own thread. While a listener works, the gateway
 * waits; one that works for too long misses changes, and is given a whole view anew. What it throws is logged, and the
 * watch goes on.
 */
public interface WatchListener {

    /**
     * The view was taken anew, as a whole: at first, and where the gateway no longer had what happened in between. No
     * single changes are told for that.
     */
    default void taken(ClusterView view) {}

    /**
     * The cluster changed.
     *
     * @param changes at least one, each one revision higher than the one before, also across calls
     * @param view what it is now
     */
    default void changed(List<ClusterChange> changes, ClusterView view) {}

    /** The gateway does not answer, or refuses; the watch keeps trying. Told once an outage. */
    default void outage(GatewayException why) {}

    /** The gateway answers again. */
    default void recovered() {}
}
