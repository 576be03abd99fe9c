package io.rollcall.adminui.health;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import io.rollcall.adminui.ConsoleBackend;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * {@code /livez} and {@code /readyz}: 200 or 503 and a short text, for any client, by GET or HEAD.
 *
 * <p>They need no credentials, so they give no detail. A prober's connection counts as unauthenticated.
 */
public final class HealthProbes {
    /** 503: start the gateway again. */
    public static final String LIVE = "/livez";

    /** 503: send new connections elsewhere. */
    public static final String READY = "/readyz";

    /** The paths, exempt from sign-in. */
    public static final Set<String> PATHS = Set.of(LIVE, READY);

    private final ConsoleBackend backend;

    public HealthProbes(ConsoleBackend backend) {
        this.backend = backend;
    }

    public void register(RoutesConfig routes) {
        register(routes, LIVE, ctx -> answer(ctx, backend::isLive, "not live"));
        register(routes, READY, ctx -> answer(ctx, backend::isReady, "not ready"));
    }

    /** Registers HEAD too: Javalin would answer it by itself, always with 200. */
    private static void register(RoutesConfig routes, String path, Handler handler) {
        routes.get(path, handler);
        routes.head(path, handler);
    }

    private static void answer(Context ctx, BooleanSupplier isWell, String otherwise) {
        boolean well = isWell.getAsBoolean();
        ctx.status(well ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .contentType("text/plain; charset=utf-8")
                .result((well ? "ok" : otherwise) + "\n");
    }
}
