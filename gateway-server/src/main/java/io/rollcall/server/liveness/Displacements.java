package io.rollcall.server.liveness;

import io.rollcall.server.registry.SessionEnd;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Evidence of two processes behind one node id. Guarded by the lock of {@link DuplicateNodes}. Times in nanoseconds.
 */
final class Displacements {
    private final Deque<Long> evidence = new ArrayDeque<>(DuplicateNodes.ENOUGH); // the newest last
    private String address;
    private String addressBefore;
    private long changedAt;
    private boolean isCounted = true; // until a session is displaced

    Displacements(String address, long now) {
        this.address = address;
        this.addressBefore = address;
        this.changedAt = now;
    }

    /** @param ended how the previous session ended, if this change ended one */
    void changed(String to, Optional<SessionEnd.Reason> ended, long now) {
        changedAt = now;
        if (ended.filter(SessionEnd.Reason.REPLACED::equals).isPresent()) {
            isCounted = false;
        }
        if (!to.equals(address)) {
            boolean isBack = to.equals(addressBefore);
            addressBefore = address;
            address = to;
            if (isBack) {
                add(now);
            }
        }
    }

    /** Records that the displaced session still sends heartbeats. */
    void heardAfterwards(long now) {
        if (!isCounted) {
            add(now);
        }
    }

    private void add(long now) {
        isCounted = true;
        if (evidence.size() == DuplicateNodes.ENOUGH) {
            evidence.removeFirst();
        }
        evidence.addLast(now);
    }

    boolean isDuplicate(long now, long window) {
        return evidence.size() == DuplicateNodes.ENOUGH
                && evidence.getLast() - evidence.getFirst() <= window
                && now - evidence.getLast() <= window;
    }

    /** Returns whether all evidence is outside the window. */
    boolean isOver(long now, long window) {
        return now - changedAt > window && (evidence.isEmpty() || now - evidence.getLast() > window);
    }

    /** Returns the node's current and previous address. */
    String addresses() {
        TreeSet<String> both = new TreeSet<>();
        both.add(address);
        both.add(addressBefore);
        return String.join(" and ", both);
    }
}
