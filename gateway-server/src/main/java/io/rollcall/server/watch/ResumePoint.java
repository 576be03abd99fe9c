package io.rollcall.server.watch;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * From where a watcher goes on, or that it begins with a snapshot.
 *
 * @param after the revision up to which it has seen everything; empty: it needs a snapshot
 * @param resyncBecause why what it holds is of no use; empty: it is, or it holds nothing
 */
record ResumePoint(OptionalLong after, Optional<String> resyncBecause) {

    /** Holds nothing yet. */
    static ResumePoint snapshot() {
        return new ResumePoint(OptionalLong.empty(), Optional.empty());
    }

    /** What it holds is of no use. */
    static ResumePoint resync(String because) {
        return new ResumePoint(OptionalLong.empty(), Optional.of(because));
    }

    /** Holds everything up to a revision, of a registry. */
    static ResumePoint resume(long after, String registryId, long current, String currentRegistryId) {
        if (!registryId.equals(currentRegistryId)) {
            return resync("the registry is another one since");
        }
        if (after > current) {
            return resync("revision " + after + " has not been yet");
        }
        return new ResumePoint(OptionalLong.of(after), Optional.empty());
    }
}
