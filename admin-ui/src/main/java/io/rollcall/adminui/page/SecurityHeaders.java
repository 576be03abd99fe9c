package io.rollcall.adminui.page;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Headers of every answer: only the console's own content may be loaded or run, no other site may frame it, and nothing
 * is cached.
 */
public final class SecurityHeaders {

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /** An address or localhost: there, HSTS for a year would affect other services of the machine. */
    private static final Pattern NO_NAME = Pattern.compile("localhost|.*\\.localhost|[0-9.]+|\\[.*");

    private static final String A_YEAR = "max-age=31536000";

    private SecurityHeaders() {}

    public static void register(RoutesConfig routes) {
        routes.before(SecurityHeaders::set);
    }

    private static void set(Context ctx) {
        each(ctx.req().getServerName(), ctx::header);
    }

    /**
     * Passes on the name and value of each header.
     *
     * @param host the host in the request; null if absent
     */
    public static void each(@Nullable String host, BiConsumer<String, String> header) {
        header.accept("Content-Security-Policy", POLICY);
        header.accept("X-Content-Type-Options", "nosniff");
        header.accept("Referrer-Policy", "no-referrer");
        header.accept("Cross-Origin-Opener-Policy", "same-origin");
        header.accept("Cross-Origin-Resource-Policy", "same-origin");
        header.accept("Cache-Control", "no-store");
        if (host != null && !NO_NAME.matcher(host).matches()) {
            header.accept("Strict-Transport-Security", A_YEAR);
        }
    }
}
