package io.rollcall.server.registry;

import java.util.Map;
import java.util.Optional;

/**
 * A command that may change a namespace.
 *
 * @param <R> the type of the reply
 */
public interface Command<R> {

    /**
     * Decides the command: a pure function of the draft's state, without I/O and clock, so that it can be run again.
     * Changes go into the draft.
     *
     * @throws io.rollcall.server.failure.RefusedException if it is refused; the draft is then discarded
     */
    R decide(Draft draft);

    /**
     * Returns whether this repeats what the state shows already, as a retry after a lost reply does, so that it probably
     * changes nothing.
     */
    default boolean isRepeatedIn(NamespaceState state) {
        return false;
    }

    /** Returns its name in the audit log: that of the gRPC method, if there is one. */
    String name();

    /** Returns its parameters by name for the audit log: numbers, words and flags; no secrets. */
    Map<String, Object> asked();

    /** Returns whether the audit log aggregates it with others of its kind instead of writing a line for it. */
    default boolean isAddedUp(R reply) {
        return false;
    }

    /** Returns its approximate size in memory while it waits to be decided. */
    default int heldBytes() {
        return 0;
    }

    /** Returns why the reply is negative; empty if it is not. */
    default Optional<String> objection(R reply) {
        return Optional.empty();
    }
}
