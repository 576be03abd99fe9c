package io.rollcall.server.identity;

import io.rollcall.server.identity.PassedOver.Cause;

/** A key of a set is not to be used. Without a stack trace: the set's other keys are read on. */
final class UnusableKeyException extends Exception {
    private static final long serialVersionUID = 1;

    private final Cause why;

    /** @param message what came and what was expected; quotes no key material */
    UnusableKeyException(Cause why, String message) {
        super(message, null, false, false);
        this.why = why;
    }

    Cause why() {
        return why;
    }
}
