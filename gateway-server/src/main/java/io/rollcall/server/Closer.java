package io.rollcall.server;

import io.rollcall.server.watchdog.OutOfMemory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A stack of what was opened, and so the one order in which it is closed: the last first.
 *
 * <pre>
 *   register(directory)  register(audit)  register(store)
 *                                                        close(): store, audit, directory
 * </pre>
 *
 * A resource that cannot be closed does not keep the others from being closed. Thread-safe.
 */
final class Closer implements AutoCloseable {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /**
     * Closes it before everything that was registered earlier.
     *
     * @return the same
     */
    synchronized <T extends AutoCloseable> T register(T resource) {
        opened.push(resource);
        return resource;
    }

    /**
     * Closes what is registered, each once.
     *
     * @throws IOException or what else the first of them threw that failed; what later ones threw is suppressed in it
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

    /** As {@link #close}, after a failure: what is thrown on the way is suppressed in that. */
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
