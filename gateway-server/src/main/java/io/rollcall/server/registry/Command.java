package io.rollcall.server.registry;

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
}
