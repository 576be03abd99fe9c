package io.rollcall.adminui.https;

/** How far a request has come. Used under the lock of {@link ClientConnections} alone. */
final class PendingRequest {
    private long since;
    private Stage stage = Stage.READING;

    private enum Stage {
        /** Its body is awaited. */
        READING,
        /** The console works on it. */
        HANDLING,
        /** Its answer is to be taken. */
        ANSWERING
    }

    PendingRequest(long now) {
        this.since = now;
    }

    void read(long now) {
        since = now;
        stage = Stage.HANDLING;
    }

    void handled(long now) {
        since = now;
        stage = Stage.ANSWERING;
    }

    /** Whether its client waits for the console, not the console for its client. */
    boolean isBeingHandled() {
        return stage == Stage.HANDLING;
    }

    /** Answers to people who signed in may go on for hours: pages follow a stream. */
    boolean isLate(ClientLimits limits, boolean isTrusted, long now) {
        return switch (stage) {
            case READING -> now - since > limits.body().toNanos();
            case HANDLING -> false;
            case ANSWERING -> !isTrusted && now - since > limits.answer().toNanos();
        };
    }
}
