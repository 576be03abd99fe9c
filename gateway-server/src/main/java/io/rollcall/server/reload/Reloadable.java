package io.rollcall.server.reload;

import io.rollcall.server.config.GatewayConfig;
import java.util.List;

/**
 * A part of the gateway that applies changes at runtime. Its owner creates it, {@link Reloader} calls it, on the
 * reloader's thread only.
 */
@FunctionalInterface
public interface Reloadable {
    /**
     * Applies its part of a changed configuration. Must be idempotent: if another part fails, all are called again at
     * the next check.
     */
    void configure(GatewayConfig changed);

    /** Returns the files that it reloads on change, each group checked separately. */
    default List<WatchedFiles> files() {
        return List.of();
    }

    /** Starts to fetch what does not come from files; does not wait. Called on SIGHUP. */
    default void fetch() {}

    /** Raises or clears alarms about expiry dates of what is in force. Called at every check. */
    default void checkDates() {}
}
