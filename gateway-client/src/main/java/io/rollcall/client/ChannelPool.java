package io.rollcall.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The channels to the gateway's addresses: one is preferred until it fails, then the next. After a change of
 * credentials new calls use new connections, and the old ones close after their last call. Any thread; guarded by this.
 */
final class ChannelPool implements AutoCloseable {

    private final List<Target> targets;
    private final Supplier<? extends Dialer> dialers;
    private final Supplier<List<String>> stamps;
    private final Map<Target, ServerChannel> channels = new HashMap<>();
    private @Nullable Dialer current;
    private int preferred;
    private boolean closed;

    /** @param stamps changes when a file of the credentials does */
    ChannelPool(List<Target> targets, Supplier<? extends Dialer> dialers, Supplier<List<String>> stamps) {
        this.targets = List.copyOf(targets);
        this.dialers = dialers;
        this.stamps = stamps;
    }

    /** Returns what changes when a file of the credentials does. */
    List<String> stamps() {
        return stamps.get();
    }

    /** @throws IllegalStateException if the client was closed */
    synchronized ServerChannel preferred() {
        if (closed) {
            throw new IllegalStateException("the client is closed");
        }
        Dialer now = dialers.get();
        if (now != current) {
            channels.values().forEach(ServerChannel::retire);
            channels.clear();
            current = now;
        }
        return channels.computeIfAbsent(targets.get(preferred), target -> new ServerChannel(target, now));
    }

    /** Makes the next address preferred, unless another caller already has. */
    synchronized void turnAwayFrom(ServerChannel server) {
        if (channels.get(targets.get(preferred)) == server) {
            preferred = (preferred + 1) % targets.size();
        }
    }

    int size() {
        return targets.size();
    }

    @Override
    public void close() {
        List<ServerChannel> open;
        synchronized (this) {
            closed = true;
            open = new ArrayList<>(channels.values());
            channels.clear();
        }
        open.forEach(ServerChannel::hangUp);
    }
}
