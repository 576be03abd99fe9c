package io.rollcall.adminui.signin;

import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.SameSite;
import org.jspecify.annotations.Nullable;

/** The cookie that carries a session's id; its {@code __Host-} prefix makes browsers refuse one set by another host. */
final class SessionCookie {

    static final String NAME = "__Host-rollcall";

    private static final int UNTIL_BROWSER_CLOSES = -1;
    private static final int NOW = 0;

    private SessionCookie() {}

    static @Nullable String read(Context ctx) {
        return ctx.cookie(NAME);
    }

    static void set(Context ctx, Session session) {
        write(ctx, session.id(), UNTIL_BROWSER_CLOSES);
    }

    static void clear(Context ctx) {
        write(ctx, "", NOW);
    }

    private static void write(Context ctx, String value, int maxAge) {
        ctx.cookie(new Cookie(NAME, value, "/", maxAge, true, true, null, SameSite.STRICT));
    }
}
