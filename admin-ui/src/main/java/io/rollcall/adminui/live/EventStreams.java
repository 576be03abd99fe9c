package io.rollcall.adminui.live;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.http.NotFoundResponse;
import io.rollcall.adminui.ConsoleBackend;
import io.rollcall.adminui.page.Problem;
import io.rollcall.adminui.signin.Session;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The event streams of pages: {@code /api/v1/events} for all, and one per namespace. */
public final class EventStreams {

    private final ConsoleBackend backend;
    private final ChangeBroadcaster broadcaster;

    public EventStreams(ConsoleBackend backend, ChangeBroadcaster broadcaster) {
        this.backend = backend;
        this.broadcaster = broadcaster;
    }

    public void register(RoutesConfig routes) {
        routes.get("/api/v1/events", ctx -> open(ctx, Optional.empty()));
        routes.get("/api/v1/namespaces/{name}/events", ctx -> {
            String name = ctx.pathParam("name");
            if (backend.namespace(name).isEmpty()) {
                throw new NotFoundResponse("There is no namespace of this name.");
            }
            open(ctx, Optional.of(name));
        });
    }

    private void open(Context ctx, Optional<String> namespace) {
        Optional<EventStream> stream = broadcaster.admit(Session.of(ctx), namespace);
        if (stream.isEmpty()) {
            ctx.header("Retry-After", "10");
            Problem.json(ctx, HttpStatus.SERVICE_UNAVAILABLE, "As many pages are open as the console serves.");
            return;
        }
        ctx.contentType("text/event-stream; charset=utf-8");
        ctx.header("X-Accel-Buffering", "no");
        ctx.future(() -> start(stream.get(), ctx));
    }

    /**
     * @return a future that never completes: otherwise Javalin would write to a request that may be over by then; the
     *     stream completes the request itself
     */
    private static CompletableFuture<Void> start(EventStream stream, Context ctx) {
        try {
            stream.start(ctx.req().getAsyncContext());
            return new CompletableFuture<>();
        } catch (IOException e) {
            stream.end();
            return CompletableFuture.failedFuture(e);
        }
    }
}
