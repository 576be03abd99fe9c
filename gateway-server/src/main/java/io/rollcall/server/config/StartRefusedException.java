package io.rollcall.server.config;

/**
 * Prevents the start because of a fault in one namespace's files. Other faults in these files leave only that namespace
 * unserved.
 */
public final class StartRefusedException extends IllegalArgumentException {
    /** @param message names the file and says what to do */
    public StartRefusedException(String message) {
        super(message);
    }
}
