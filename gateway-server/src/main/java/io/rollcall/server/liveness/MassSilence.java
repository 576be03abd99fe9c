package io.rollcall.server.liveness;

import java.time.Instant;

/**
 * A large part of a namespace fell silent at once (T5).
 *
 * @param since by the wall clock: shown, never reckoned with
 * @param silent how many nodes, when most of them were
 * @param of how many were live then
 * @param waiting how many are overdue and not expired yet
 */
public record MassSilence(Instant since, int silent, int of, int waiting) {
    /** Fewer silent nodes than these are their own affair. */
    static final int LEAST_NODES = 5;

    /** And fewer than this part of the live ones. */
    static final int LEAST_PERCENT = 20;

    /** How many of the live nodes expire in one sweep meanwhile, but at least one. */
    public static final int EXPIRED_PERCENT = 1;

    /** Whether this many of so many live nodes are a large part. */
    static boolean isLargePart(int silent, int live) {
        return silent >= LEAST_NODES && (long) silent * 100 >= (long) live * LEAST_PERCENT;
    }

    /** How many nodes may expire in one sweep. */
    static int rate(int live) {
        return Math.max(1, live * EXPIRED_PERCENT / 100);
    }

    MassSilence with(int nowSilent, int live, int nowWaiting) {
        return nowSilent > silent
                ? new MassSilence(since, nowSilent, live, nowWaiting)
                : new MassSilence(since, silent, of, nowWaiting);
    }
}
