package io.rollcall.adminui;

/**
 * What the gateway knows of the console's threads: it ends rather than go on without memory or without a thread that
 * pages share. Methods return at once, and may not return at all.
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

    /** The thread that tells pages of changes is alive; called by it, every tick. */
    void cameRound();

    /** A tick of that thread failed; the next one follows. */
    void failed(Throwable thrown);

    /** A request ended in an error, and is answered by 500. */
    void requestFailed(Error error);
}
