package io.rollcall.adminui;

/**
 * Reports the console's threads to the gateway, which ends the process when memory is exhausted or a shared thread of
 * the console dies. Methods return at once, or not at all if the process ends.
 */
public interface ThreadWatch {
    /** Does nothing. */
    ThreadWatch NONE = new ThreadWatch() {
        @Override
        public void cameRound() {}

        @Override
        public void failed(Throwable thrown) {}

        @Override
        public void requestFailed(Error error) {}
    };

    /** Called every tick by the thread that notifies pages of changes, as a sign of life. */
    void cameRound();

    /** A tick of that thread failed; the next one follows. */
    void failed(Throwable thrown);

    /** A request ended in an error, and is answered with 500. */
    void requestFailed(Error error);
}
