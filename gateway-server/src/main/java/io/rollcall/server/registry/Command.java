package io.rollcall.server.registry;

import java.util.Map;
import java.util.Optional;

/**
 * Something asked of a namespace that may change it.
 *
 * @param <R> what the asker is told
 */
public interface Command<R> {

    /**
     * Decides: a pure function of the draft's state, without I/O and without a clock of its own, so that it can be run
     * again. Changes go into the draft.
     *
     * @throws io.rollcall.server.failure.RefusedException if it is refused; the draft is then thrown away
     */
    R decide(Draft draft);

    /** What it is called on record: as the wire's method, where one asks for it. */
    String name();

    /** What was asked, by name, for the record: numbers, words and flags; no secret. */
    Map<String, Object> asked();

    /** Whether the record tells of it by adding it up with others of its kind, not by a line of its own. */
    default boolean isAddedUp(R reply) {
        return false;
    }

    /** About what it costs in memory while it waits to be decided. */
    default int heldBytes() {
        return 0;
    }

    /** Why the reply says no; empty where it does not. */
    default Optional<String> objection(R reply) {
        return Optional.empty();
    }
}
