package io.rollcall.adminui.page;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.Locale;

/**
 * The body of a refused JSON request.
 *
 * @param error the status as one word, such as {@code not_found}
 * @param message one sentence for people
 */
public record Problem(String error, String message) {

    /** Returns whether the request is for JSON or events rather than a page. */
    public static boolean isJson(Context ctx) {
        return ctx.path().startsWith("/api/");
    }

    /** Answers with this status and a body of this type. */
    public static void json(Context ctx, HttpStatus status, String message) {
        ctx.status(status).json(new Problem(status.name().toLowerCase(Locale.ROOT), message));
    }
}
