package io.rollcall.adminui.namespaces;

import io.javalin.config.RoutesConfig;
import io.javalin.http.NotFoundResponse;
import io.rollcall.adminui.ConsoleBackend;
import io.rollcall.adminui.ConsoleBackend.NamespaceDetail;
import io.rollcall.adminui.page.Pages;
import io.rollcall.adminui.page.View;
import java.time.Clock;

/**
 * {@code /namespaces/{name}}: leader and term, members by state, lease settings, the nodes, and what needs attention.
 */
public final class NamespacePage {

    private final ConsoleBackend backend;
    private final Pages pages;
    private final Clock clock;

    public NamespacePage(ConsoleBackend backend, Pages pages, Clock clock) {
        this.backend = backend;
        this.pages = pages;
        this.clock = clock;
    }

    public void register(RoutesConfig routes) {
        routes.get("/namespaces/{name}", ctx -> {
            String name = ctx.pathParam("name");
            pages.live(ctx, () -> view(name));
        });
    }

    private View view(String name) {
        NamespaceDetail detail = backend.namespace(name)
                .orElseThrow(() -> new NotFoundResponse("There is no namespace of this name, or not any more."));
        String events = "/api/v1/namespaces/" + name + "/events";
        NamespaceModel model = new NamespaceModel(detail, clock.instant());
        return new View(name, "ns:" + name, events, detail.summary().revision(), "namespace.jte", model);
    }
}
