package io.rollcall.server.audit;

/**
 * The first place where the log is not as it was written.
 *
 * @param where {@code file:line}, or a file
 */
record Misfit(String where, String what) {
    @Override
    public String toString() {
        return where + ": " + what;
    }
}
