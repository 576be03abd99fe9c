package io.rollcall.server.registry;

/**
 * A change in its place in the history.
 *
 * @param epoch the bootstrap epoch once it has happened
 */
public record Step(Change change, long epoch) {

    public long revision() {
        return change.revision();
    }
}
