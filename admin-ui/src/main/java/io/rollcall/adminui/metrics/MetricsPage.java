package io.rollcall.adminui.metrics;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import io.javalin.http.HttpStatus;
import io.rollcall.adminui.ConsoleBackend;
import io.rollcall.adminui.https.ClientConnection;
import io.rollcall.adminui.signin.ScrapeToken;

/**
 * {@code /metrics}, in Prometheus' text format, for requests that send {@code Authorization: Bearer} with the scrape
 * token. Signed-in administrators need the token too; sessions are not accepted here.
 */
public final class MetricsPage {
    /** The path, exempt from sign-in. */
    public static final String PATH = "/metrics";

    private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

    private final ConsoleBackend backend;
    private final ScrapeToken token;

    public MetricsPage(ConsoleBackend backend, ScrapeToken token) {
        this.backend = backend;
        this.token = token;
    }

    public void register(RoutesConfig routes) {
        // Before the route: Javalin answers HEAD by itself, and other methods do not reach the route either.
        routes.before(PATH, this::requireToken);
        routes.get(PATH, ctx -> ctx.contentType(TEXT_FORMAT).result(backend.metrics()));
    }

    private void requireToken(Context ctx) {
        if (token.isSentIn(ctx.header(Header.AUTHORIZATION))) {
            ClientConnection.of(ctx.req()).trust();
        } else {
            ctx.status(HttpStatus.UNAUTHORIZED)
                    .header(Header.WWW_AUTHENTICATE, "Bearer")
                    .contentType("text/plain; charset=utf-8")
                    .result("expected 'Authorization: Bearer' with the token of the file metrics-token\n")
                    .skipRemainingHandlers();
        }
    }
}
