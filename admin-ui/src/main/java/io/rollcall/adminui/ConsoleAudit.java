package io.rollcall.adminui;

import java.io.IOException;

/**
 * Where the console says who signs in and what is done there. All but {@link #act} return at once and never throw; any
 * thread calls.
 *
 * <p>{@code user} is a known user's name, or empty: what a stranger types into that field may be a password.
 * {@code address} is the socket's, never a header's.
 */
public interface ConsoleAudit {
    /** Keeps no record. */
    ConsoleAudit NONE = new ConsoleAudit() {
        @Override
        public void signedIn(String user, String address) {}

        @Override
        public void signedOut(String user, String address) {}

        @Override
        public void signInRefused(String user, String address, Refused reason) {}

        @Override
        public void act(String user, String address, String action) {}

        @Override
        public void actionRefused(String user, String address, String action, Refused reason) {}
    };

    /** Why somebody was turned away. */
    enum Refused {
        WRONG_PASSWORD,
        TOO_MANY_ATTEMPTS,
        TOO_BUSY,
        /** The request came from a page of another site. */
        FOREIGN_ORIGIN,
        /** The form was made for another session. */
        FOREIGN_SESSION,
        /** It was put on record, and then it failed. */
        FAILED
    }

    void signedIn(String user, String address);

    void signedOut(String user, String address);

    void signInRefused(String user, String address, Refused reason);

    /**
     * Puts an action on record; it may be done once this returns.
     *
     * @throws IOException if it could not be: the action must not be done
     */
    void act(String user, String address, String action) throws IOException;

    /** An action was not done. */
    void actionRefused(String user, String address, String action, Refused reason);
}
