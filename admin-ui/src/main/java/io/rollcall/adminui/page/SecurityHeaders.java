package io.rollcall.adminui.page;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.regex.Pattern;

/** Headers of every answer: nothing runs, loads or frames this console but itself, and nothing of it is kept. */
public final class SecurityHeaders {

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /** An address or localhost: there, remembering "https only" for a year would hit other services of the machine. */
    private static final Pattern NO_NAME = Pattern.compile("localhost|.*\\.localhost|[0-9.]+|\\[.*");

    private static final String A_YEAR = "max-age=31536000";

    private SecurityHeaders() {}

    public static void register(RoutesConfig routes) {
        routes.before(SecurityHeaders::set);
    }

    private static void set(Context ctx) {
        ctx.header("Content-Security-Policy", POLICY);
        ctx.header("X-Content-Type-Options", "nosniff");
        ctx.header("Referrer-Policy", "no-referrer");
        ctx.header("Cross-Origin-Opener-Policy", "same-origin");
        ctx.header("Cross-Origin-Resource-Policy", "same-origin");
        ctx.header("Cache-Control", "no-store");
        if (!NO_NAME.matcher(ctx.req().getServerName()).matches()) {
            ctx.header("Strict-Transport-Security", A_YEAR);
        }
    }
}
