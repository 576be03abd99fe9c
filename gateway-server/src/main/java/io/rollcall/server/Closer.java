package io.rollcall.server;

import io.rollcall.server.watchdog.OutOfMemory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A stack of the resources that were opened, which closes them in reverse order.
 *
 * <pre>
 *   register(directory)  register(audit)  register(store)
 *                                                        close(): store, audit, directory
 * </pre>
 *
 * Closes all resources even if some fail. Thread-safe.
 */
final class Closer implements AutoCloseable {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /**
     * Registers a resource, to be closed before everything that was registered earlier.
     *
     * @return the resource
     */
    synchronized <T extends AutoCloseable> T register(T resource) {
        opened.push(resource);
        return resource;
    }

    /**
     * Closes all registered resources, each once.
     *
     * @throws IOException or whatever the first failing resource threw; later failures are suppressed in it
     */
    @Override
    public synchronized void close() throws IOException {
        @Nullable Throwable first = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception | Error e) {
                OutOfMemory.endProcessIf(e);
                if (first == null) {
                    first = e;
                } else if (first != e) {
                    first.addSuppressed(e);
                }
            }
        }
        rethrow(first);
    }

    private static void rethrow(@Nullable Throwable thrown) throws IOException {
        if (thrown instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown != null) {
            throw thrown instanceof IOException io
                    ? io
                    : new IOException("a resource cannot be closed: " + thrown, thrown);
        }
    }

    /** Does the same as {@link #close} after a failure, to which it adds its own failures as suppressed. */
    void closeAfter(Throwable failure) {
        try {
            close();
        } catch (IOException | RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            if (e != failure) {
                failure.addSuppressed(e);
            }
        }
    }
}
