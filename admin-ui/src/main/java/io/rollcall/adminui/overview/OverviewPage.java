package io.rollcall.adminui.overview;

import io.javalin.config.RoutesConfig;
import io.rollcall.adminui.ConsoleBackend;
import io.rollcall.adminui.page.Pages;
import io.rollcall.adminui.page.View;
import java.time.Clock;

/** {@code /}: tiles, all namespaces, and what needs attention. */
public final class OverviewPage {

    private final ConsoleBackend backend;
    private final Pages pages;
    private final Clock clock;

    public OverviewPage(ConsoleBackend backend, Pages pages, Clock clock) {
        this.backend = backend;
        this.pages = pages;
        this.clock = clock;
    }

    public void register(RoutesConfig routes) {
        routes.get("/", ctx -> pages.live(ctx, this::view));
    }

    private View view() {
        OverviewModel model = OverviewModel.of(backend.gateway(), backend.namespaces(), clock.instant());
        return new View("Overview", "overview", "/api/v1/events", model.revision(), "overview.jte", model);
    }
}
