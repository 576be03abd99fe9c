package io.rollcall.server.config;

/**
 * Something that no gateway may start with, though it stands in one namespace's files. Other faults in these files
 * leave that namespace unserved, and the others served.
 */
public final class StartRefusedException extends IllegalArgumentException {
    /** @param message names the file and says what to do */
    public StartRefusedException(String message) {
        super(message);
    }
}
