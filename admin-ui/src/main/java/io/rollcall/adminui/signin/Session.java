package io.rollcall.adminui.signin;

import io.javalin.http.Context;

/**
 * One signed-in browser.
 *
 * @param id 256 random bits; the cookie's value
 * @param user the signed-in user
 * @param csrf the token that every form sends back; another 256 random bits
 */
public record Session(String id, String user, String csrf) {

    static final String ATTRIBUTE = "rollcall.session";

    /** Returns the session that {@link Guard} found for this request. */
    public static Session of(Context ctx) {
        Session session = ctx.attribute(ATTRIBUTE);
        if (session == null) {
            throw new IllegalStateException("asked for a session where none is required");
        }
        return session;
    }

    /** Keeps both secrets out of logs. */
    @Override
    public String toString() {
        return "Session[" + user + "]";
    }
}
