package io.rollcall.server.liveness;

import java.time.Instant;

/**
 * A mass silence: a large part of a namespace fell silent at once (T5).
 *
 * @param since by the wall clock; for display only
 * @param silent the largest number of silent nodes so far
 * @param of the number of live nodes at that time
 * @param waiting the number of nodes that are overdue but not yet expired
 */
public record MassSilence(Instant since, int silent, int of, int waiting) {
    /** Fewer silent nodes than this are no mass silence. */
    static final int LEAST_NODES = 5;

    /** Nor is a smaller percentage of the live nodes. */
    static final int LEAST_PERCENT = 20;

    /** The percentage of live nodes that expire per sweep during a mass silence, but at least one node. */
    public static final int EXPIRED_PERCENT = 1;

    /** Returns whether the silent nodes are a large part of the live ones. */
    static boolean isLargePart(int silent, int live) {
        return silent >= LEAST_NODES && (long) silent * 100 >= (long) live * LEAST_PERCENT;
    }

    /** Returns how many nodes may expire in one sweep. */
    static int rate(int live) {
        return Math.max(1, live * EXPIRED_PERCENT / 100);
    }

    MassSilence with(int nowSilent, int live, int nowWaiting) {
        return nowSilent > silent
                ? new MassSilence(since, nowSilent, live, nowWaiting)
                : new MassSilence(since, silent, of, nowWaiting);
    }
}
