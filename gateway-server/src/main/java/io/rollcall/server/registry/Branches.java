package io.rollcall.server.registry;

import java.util.ArrayList;
import java.util.List;

/**
 * Under which start of the gateway each revision of a namespace was made: an immutable value. A registry that was put
 * back to an earlier moment hands out revisions again; their branch tells them from those that were lost.
 *
 * <pre>
 *   started 3 times     [ 7a from 1 | 1c from 58 | e0 from 91 ]
 *   put back at 70      [ 7a from 1 | 1c from 58 | 44 from 71 ]      who holds 95 of e0, or 85 of 1c, is on none of these
 * </pre>
 *
 * A start that changes nothing makes no branch. Those that ended before any revision that is still held are dropped.
 *
 * @param oldestFirst each from its first revision to the next one's
 * @param current of the changes to come; 0: they are noted under none
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

    /** As they were stored. */
    public static Branches of(List<Branch> oldestFirst) {
        return new Branches(oldestFirst, 0);
    }

    /** The gateway starts: what is changed from now on is under this number. */
    Branches startedAs(long number) {
        return new Branches(oldestFirst, number);
    }

    /** With this revision, the next one. */
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

    /** The branch of a revision that has been; 0: it is not known. */
    long of(long revision) {
        for (int i = oldestFirst.size() - 1; i >= 0; i--) {
            if (oldestFirst.get(i).first() <= revision) {
                return oldestFirst.get(i).number();
            }
        }
        return revision == 0 ? current : 0;
    }

    /** Whether this branch goes up to this revision at least. Revision 0, of an empty namespace, is on each. */
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
