package io.rollcall.adminui;

import java.io.IOException;

/**
 * Receives the console's sign-ins and actions. All methods but {@link #act} return at once and never throw. Any thread.
 *
 * <p>{@code user} is a known user's name, or empty: the input of an unknown user may be a password. {@code address} is
 * the socket's, never from a header.
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

    /** Why a sign-in or action was refused. */
    enum Refused {
        WRONG_PASSWORD,
        TOO_MANY_ATTEMPTS,
        TOO_BUSY,
        /** The request came from a page of another site. */
        FOREIGN_ORIGIN,
        /** The form belongs to another session. */
        FOREIGN_SESSION,
        /** It was recorded and then failed. */
        FAILED
    }

    void signedIn(String user, String address);

    void signedOut(String user, String address);

    void signInRefused(String user, String address, Refused reason);

    /**
     * Records an action, which may be executed once this returns.
     *
     * @throws IOException if it could not be recorded: the action must not be executed
     */
    void act(String user, String address, String action) throws IOException;

    /** Records that an action was not executed. */
    void actionRefused(String user, String address, String action, Refused reason);
}
