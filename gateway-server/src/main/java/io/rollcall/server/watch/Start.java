package io.rollcall.server.watch;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a watcher begins.
 *
 * @param after the revision up to which it has seen everything; empty: it needs a snapshot
 * @param resyncBecause why what it holds is of no use; empty: it is, or it holds nothing
 */
record Start(OptionalLong after, Optional<String> resyncBecause) {

    /** Holds nothing yet. */
    static Start snapshot() {
        return new Start(OptionalLong.empty(), Optional.empty());
    }

    /** What it holds is of no use. */
    static Start anew(String because) {
        return new Start(OptionalLong.empty(), Optional.of(because));
    }

    /** Holds everything up to a revision, of a registry. */
    static Start resume(long after, String registryId, long current, String currentRegistryId) {
        if (!registryId.equals(currentRegistryId)) {
            return anew("the registry is another one since");
        }
        if (after > current) {
            return anew("revision " + after + " has not been yet");
        }
        return new Start(OptionalLong.of(after), Optional.empty());
    }
}
