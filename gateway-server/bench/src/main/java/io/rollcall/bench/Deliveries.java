package io.rollcall.bench;

import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Notes how late watchers get changes. The rack of a changed node says when the change was sent. */
final class Deliveries {
    private final List<Watcher<?>> watchers = new ArrayList<>();
    private final Queue<Long> delays = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** Reads the racks of the changed nodes in a message. */
    interface Racks<M> {
        List<String> of(M message) throws IOException;
    }

    /** Returns the rack of a node whose change is sent now. */
    static String now() {
        return Long.toString(System.nanoTime());
    }

    /** Adds a watcher, which gets such messages. */
    <M> StreamObserver<M> watcher(Racks<M> racks) {
        Watcher<M> watcher = new Watcher<>(racks);
        watchers.add(watcher);
        return watcher;
    }

    /** Begins anew. */
    void forget() {
        delays.clear();
    }

    /**
     * Returns how late each delivery was, in nanoseconds, sorted.
     *
     * @throws IOException if there was none, or a watcher is without
     */
    List<Long> delays() throws IOException {
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IOException("a watch failed: " + failed, failed);
        }
        long unserved = watchers.stream().filter(watcher -> !watcher.isServed).count();
        List<Long> sorted = delays.stream().sorted().toList();
        if (unserved > 0 || sorted.isEmpty()) {
            throw new IOException(unserved + " of " + watchers.size()
                    + " watchers never got a change; in all there were " + sorted.size() + " deliveries");
        }
        return sorted;
    }

    private final class Watcher<M> implements StreamObserver<M> {
        private final Racks<M> racks;
        private volatile boolean isServed;

        Watcher(Racks<M> racks) {
            this.racks = racks;
        }

        @Override
        public void onNext(M message) {
            try {
                for (String sent : racks.of(message)) {
                    delays.add(System.nanoTime() - Long.parseLong(sent));
                    isServed = true;
                }
            } catch (IOException e) {
                onError(e);
            }
        }

        @Override
        public void onError(Throwable e) {
            failure.compareAndSet(null, e);
        }

        @Override
        public void onCompleted() {
            onError(new IOException("it ended"));
        }
    }
}
