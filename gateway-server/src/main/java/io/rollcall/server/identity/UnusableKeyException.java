package io.rollcall.server.identity;

import io.rollcall.server.identity.PassedOver.Cause;

/** A key of a set cannot be used. Has no stack trace: the reader continues with the set's other keys. */
final class UnusableKeyException extends Exception {
    private static final long serialVersionUID = 1;

    private final Cause why;

    /** @param message what was found and what was expected; quotes no key material */
    UnusableKeyException(Cause why, String message) {
        super(message, null, false, false);
        this.why = why;
    }

    Cause why() {
        return why;
    }
}
