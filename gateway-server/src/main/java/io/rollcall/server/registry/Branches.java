package io.rollcall.server.registry;

import java.util.ArrayList;
import java.util.List;

/**
 * Maps each revision of a namespace to the gateway start that made it. An immutable value. A registry restored to an
 * earlier state assigns the same revisions again; the branch distinguishes them from the lost ones.
 *
 * <pre>
 *   started 3 times     [ 7a from 1 | 1c from 58 | e0 from 91 ]
 *   restored at 70      [ 7a from 1 | 1c from 58 | 44 from 71 ]      95 of e0 and 85 of 1c are on none of these
 * </pre>
 *
 * A start without changes makes no branch. Branches that ended before the oldest held revision are dropped.
 *
 * @param oldestFirst each extends from its first revision to the next branch's
 * @param current the branch of future changes; 0: none
 */
public record Branches(List<Branch> oldestFirst, long current) {
    public Branches {
        oldestFirst = List.copyOf(oldestFirst);
    }

    /** @param first the first revision under it */
    public record Branch(long number, long first) {}

    static Branches none() {
        return new Branches(List.of(), 0);
    }

    /** Returns stored branches. */
    public static Branches of(List<Branch> oldestFirst) {
        return new Branches(oldestFirst, 0);
    }

    /** Sets the branch of future changes, when the gateway starts. */
    Branches startedAs(long number) {
        return new Branches(oldestFirst, number);
    }

    /** Returns the branches including the next revision. */
    Branches with(long revision) {
        int last = oldestFirst.size() - 1;
        if (current == 0 || (last >= 0 && oldestFirst.get(last).number() == current)) {
            return this;
        }
        List<Branch> kept = new ArrayList<>();
        for (int i = 0; i <= last; i++) {
            long next = i < last ? oldestFirst.get(i + 1).first() : revision;
            if (next > revision - RegistryStore.HELD_ENTRIES) {
                kept.add(oldestFirst.get(i));
            }
        }
        kept.add(new Branch(current, revision));
        return new Branches(kept, current);
    }

    /** Returns the branch of a past revision; 0: unknown. */
    long of(long revision) {
        for (int i = oldestFirst.size() - 1; i >= 0; i--) {
            if (oldestFirst.get(i).first() <= revision) {
                return oldestFirst.get(i).number();
            }
        }
        return revision == 0 ? current : 0;
    }

    /** Returns whether this branch contains the revision. Revision 0, of an empty namespace, is on every branch. */
    boolean has(long number, long revision) {
        if (revision == 0) {
            return true;
        }
        for (int i = 0; i < oldestFirst.size(); i++) {
            if (oldestFirst.get(i).number() == number) {
                return i == oldestFirst.size() - 1
                        || revision < oldestFirst.get(i + 1).first();
            }
        }
        return false;
    }
}
