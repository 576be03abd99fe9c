package io.rollcall.server.watch;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a watcher resumes, or that it begins with a snapshot.
 *
 * @param after the revision up to which it has seen everything; empty: it needs a snapshot
 * @param resyncBecause why its state cannot be used; empty: it can, or it has none
 */
record ResumePoint(OptionalLong after, Optional<String> resyncBecause) {

    /** Returns the start of a watcher without state. */
    static ResumePoint snapshot() {
        return new ResumePoint(OptionalLong.empty(), Optional.empty());
    }

    /** Returns the start of a watcher whose state cannot be used. */
    static ResumePoint resync(String because) {
        return new ResumePoint(OptionalLong.empty(), Optional.of(because));
    }

    /** Returns the start of a watcher that has seen everything up to a revision of a registry. */
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
