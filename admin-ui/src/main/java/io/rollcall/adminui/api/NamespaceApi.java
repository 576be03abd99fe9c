package io.rollcall.adminui.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.rollcall.adminui.ConsoleBackend;
import io.rollcall.adminui.ConsoleBackend.NamespaceDetail;
import java.time.Duration;
import java.util.List;

/** {@code /api/v1/namespaces}, one of them, and its nodes; durations are numbers of seconds. */
public final class NamespaceApi {

    private final ConsoleBackend backend;

    public NamespaceApi(ConsoleBackend backend) {
        this.backend = backend;
    }

    public void register(RoutesConfig routes) {
        routes.get(
                "/api/v1/namespaces",
                ctx -> ctx.json(new Namespaces(
                        backend.namespaces().stream().map(NamespaceJson::of).toList())));
        routes.get("/api/v1/namespaces/{name}", ctx -> {
            NamespaceDetail detail = wanted(ctx);
            ctx.json(new Namespace(
                    NamespaceJson.of(detail.summary()),
                    seconds(detail.heartbeatInterval()),
                    seconds(detail.nodeTimeout())));
        });
        routes.get("/api/v1/namespaces/{name}/nodes", ctx -> {
            NamespaceDetail detail = wanted(ctx);
            ctx.json(new Nodes(
                    detail.summary().name(),
                    detail.summary().revision(),
                    detail.nodes().stream().map(NodeJson::of).toList()));
        });
    }

    private NamespaceDetail wanted(Context ctx) {
        return backend.namespace(ctx.pathParam("name"))
                .orElseThrow(() -> new NotFoundResponse("There is no namespace of this name."));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1_000.0;
    }

    record Namespaces(List<NamespaceJson> namespaces) {}

    record Namespace(@JsonUnwrapped NamespaceJson namespace, double heartbeatInterval, double nodeTimeout) {}

    record Nodes(String namespace, long revision, List<NodeJson> nodes) {}
}
