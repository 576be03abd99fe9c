package io.rollcall.adminui.page;

import io.javalin.http.Context;
import java.util.Optional;

/**
 * The user of a page.
 *
 * @param user the name at the top of the page
 * @param csrf the token its forms send back
 */
public record PageUser(String user, String csrf) {

    private static final String ATTRIBUTE = "rollcall.user";

    /** Sets this user for the pages of this request. */
    public void enter(Context ctx) {
        ctx.attribute(ATTRIBUTE, this);
    }

    static Optional<PageUser> of(Context ctx) {
        return Optional.ofNullable(ctx.attribute(ATTRIBUTE));
    }

    /** Keeps the token out of logs. */
    @Override
    public String toString() {
        return "PageUser[" + user + "]";
    }
}
