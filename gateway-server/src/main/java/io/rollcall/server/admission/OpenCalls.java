package io.rollcall.server.admission;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the memory that one namespace's open calls hold.
 *
 * <pre>
 *   open     how many calls, and their fixed cost and headers      quota-calls, quota-call-memory
 *   unread   replies that were sent and not read, requests whose
 *            rest has not come                                     quota-unread
 * </pre>
 *
 * Thread-safe, without a lock. Number and cost of the calls share one word, so that a call costs two atomic additions.
 */
final class OpenCalls {
    /**
     * The cost of an open call or stream without its headers, its part of the connection included: 2.6 to 3.3 KB as
     * measured on a stream of each kind.
     */
    static final int CALL_BYTES = 4 << 10;

    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(10);

    /** One call in the upper bits; bytes in the lower ones, up to 512 GiB. */
    private static final long ONE_CALL = 1L << 39;

    private final AtomicLong open = new AtomicLong();
    private final AtomicLong unread = new AtomicLong();

    /**
     * Counts a call until {@link #end}.
     *
     * @param headerBytes size of its headers
     * @throws RefusedException if the namespace has reached its limit of calls, or of their memory
     */
    void begin(int headerBytes, Settings quotas) {
        long cost = cost(headerBytes);
        long now = open.addAndGet(cost);
        if (now / ONE_CALL > quotas.get(Setting.QUOTA_CALLS)) {
            open.addAndGet(-cost);
            throw Refusal.TOO_MANY_CALLS
                    .because("calls: as many as this namespace may have are open (expected: at most "
                            + quotas.get(Setting.QUOTA_CALLS) + ")")
                    .retryAfter(RETRY_WHEN_FULL);
        }
        if (now % ONE_CALL > quotas.get(Setting.QUOTA_CALL_MEMORY)) {
            open.addAndGet(-cost);
            throw Refusal.TOO_MUCH_CALL_MEMORY
                    .because(
                            "calls: those of this namespace that are open hold as much memory as they may (expected: at"
                                    + " most " + quotas.get(Setting.QUOTA_CALL_MEMORY) + " bytes, " + CALL_BYTES
                                    + " and the headers each)")
                    .retryAfter(RETRY_WHEN_FULL);
        }
    }

    void end(int headerBytes) {
        open.addAndGet(-cost(headerBytes));
    }

    private static long cost(int headerBytes) {
        return ONE_CALL + CALL_BYTES + headerBytes;
    }

    /**
     * Reserves room for a reply until it is {@link #release released}. A large one has room while it is the only one.
     *
     * @throws RefusedException if too much is unread
     */
    void reply(long bytes, Settings quotas) {
        if (!hold(bytes, quotas)) {
            throw Refusal.TOO_MUCH_UNREAD
                    .because("replies: too much that this namespace's callers have not read yet (expected: at most "
                            + quotas.get(Setting.QUOTA_UNREAD) + " bytes); read them, or ask for pages")
                    .retryAfter(RETRY_WHEN_FULL);
        }
    }

    /**
     * Reserves room for a part of an incomplete request.
     *
     * @throws RefusedException if too much is incomplete
     */
    void buffer(long bytes, Settings quotas) {
        if (!hold(bytes, quotas)) {
            throw Refusal.REQUEST_BUFFER_FULL
                    .because("requests: too much of this namespace's is incomplete (expected: at most "
                            + quotas.get(Setting.QUOTA_UNREAD) + " bytes); send each whole")
                    .retryAfter(RETRY_WHEN_FULL);
        }
    }

    private boolean hold(long bytes, Settings quotas) {
        long all = unread.addAndGet(bytes);
        boolean fits = all <= quotas.get(Setting.QUOTA_UNREAD) || all <= bytes;
        if (!fits) {
            unread.addAndGet(-bytes);
        }
        return fits;
    }

    /** Releases a reply that the client has or will never get, or a request that is complete or will never be. */
    void release(long bytes) {
        unread.addAndGet(-bytes);
    }
}
