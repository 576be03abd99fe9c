package io.rollcall.server.admission;

import io.rollcall.server.failure.Refusal;
import io.rollcall.server.namespace.Quotas;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one namespace's open calls hold in memory: how many there are, how many bytes of replies their clients have not
 * read yet, and how many of requests they have half sent. Thread-safe, without a lock.
 */
final class OpenCalls {
    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(10);

    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicLong unread = new AtomicLong();

    /** @throws io.rollcall.server.failure.RefusedException if there are as many as there may be */
    void begin(Quotas quotas) {
        if (calls.incrementAndGet() > quotas.calls()) {
            calls.decrementAndGet();
            throw Refusal.TOO_MANY_CALLS
                    .because("calls: as many as this namespace may have are open (expected: at most " + quotas.calls()
                            + ")")
                    .retryAfter(RETRY_WHEN_FULL);
        }
    }

    /**
     * Makes room for a reply. One that is too large by itself has it while it is the only one.
     *
     * @throws io.rollcall.server.failure.RefusedException if too much is unread
     */
    void reply(int bytes, Quotas quotas) {
        if (!hold(bytes, quotas)) {
            throw Refusal.TOO_MUCH_UNREAD
                    .because("replies: too much that this namespace's callers have not read yet (expected: at most "
                            + quotas.unreadBytes() + " bytes); read them, or ask for pages")
                    .retryAfter(RETRY_WHEN_FULL);
        }
    }

    /**
     * Makes room for a part of a request whose rest has not come.
     *
     * @throws io.rollcall.server.failure.RefusedException if too much is half sent
     */
    void halfSent(long bytes, Quotas quotas) {
        if (!hold(bytes, quotas)) {
            throw Refusal.TOO_MUCH_HALF_SENT
                    .because("requests: too much that this namespace's callers have half sent (expected: at most "
                            + quotas.unreadBytes() + " bytes); send each whole")
                    .retryAfter(RETRY_WHEN_FULL);
        }
    }

    private boolean hold(long bytes, Quotas quotas) {
        long all = unread.addAndGet(bytes);
        boolean fits = all <= quotas.unreadBytes() || all <= bytes;
        if (!fits) {
            unread.addAndGet(-bytes);
        }
        return fits;
    }

    /** The client has a reply now, or never will; a request is whole, or never will be. */
    void release(long bytes) {
        unread.addAndGet(-bytes);
    }

    void end() {
        calls.decrementAndGet();
    }
}
