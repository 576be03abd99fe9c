package io.rollcall.server.watch;

import io.rollcall.server.registry.Change;

/**
 * A change as the history holds it.
 *
 * @param epoch the bootstrap epoch once it has happened
 */
record Step(Change change, long epoch) {
    long revision() {
        return change.revision();
    }
}
