package io.rollcall.server.reload;

import io.rollcall.server.config.GatewayConfig;
import java.util.List;

/**
 * A part of the gateway that takes changes while the gateway runs. Its owner makes it, {@link Reloader} asks it. All
 * methods are called on the reloader's thread, one at a time.
 */
@FunctionalInterface
public interface Reloadable {
    /**
     * Takes what concerns it from a changed configuration. Doing so twice does no harm: where another part fails, all
     * are asked again at the next look.
     */
    void configure(GatewayConfig changed);

    /** The files that it takes when they change; each is looked at by itself. */
    default List<WatchedFiles> files() {
        return List.of();
    }

    /** Fetches soon what comes from elsewhere than files; does not wait. Asked on SIGHUP. */
    default void fetch() {}

    /** Raises or clears alarms about what is in force and may end while nobody changes anything. Asked at every look. */
    default void checkDates() {}
}
