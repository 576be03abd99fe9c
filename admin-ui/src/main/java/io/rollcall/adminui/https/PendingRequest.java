package io.rollcall.adminui.https;

/** The progress of a request. Used only under the lock of {@link ClientConnections}. */
final class PendingRequest {
    private long since;
    private Stage stage = Stage.READING;

    private enum Stage {
        /** The console waits for its body. */
        READING,
        /** The console works on it. */
        HANDLING,
        /** Its answer waits to be read. */
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

    /** Returns whether its client waits for the console, not the console for its client. */
    boolean isBeingHandled() {
        return stage == Stage.HANDLING;
    }

    /** Returns whether it is late. Answers to signed-in users may last for hours, since pages follow a stream. */
    boolean isLate(ClientLimits limits, boolean isTrusted, long now) {
        return switch (stage) {
            case READING -> now - since > limits.body().toNanos();
            case HANDLING -> false;
            case ANSWERING -> !isTrusted && now - since > limits.answer().toNanos();
        };
    }
}
