package io.rollcall.adminui.page;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gg.jte.Content;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.javalin.http.Context;
import io.rollcall.adminui.ConsoleBackend;
import io.rollcall.adminui.ConsoleBackend.NamespaceSummary;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Renders pages from precompiled templates: whole pages for a browser, only the content for a refresh.
 *
 * <p>All viewers of a page refresh after the same signal, so its content is rendered once per tick and shared. Content
 * rendered after a tick contains every change that the tick reported.
 */
public final class Pages {

    private static final int RENDERED = 256;

    private final TemplateEngine templates = TemplateEngine.createPrecompiled(
            null, ContentType.Html, Pages.class.getClassLoader(), "io.rollcall.adminui.jte");
    private final Cache<Rendering, String> rendered =
            Caffeine.newBuilder().maximumSize(RENDERED).build();
    private final ConsoleBackend backend;
    private final Assets assets;
    private final LongSupplier tick;

    /** @param tick returns the number of signals sent to viewers */
    public Pages(ConsoleBackend backend, Assets assets, LongSupplier tick) {
        this.backend = backend;
        this.assets = assets;
        this.tick = tick;
    }

    /** Renders a page that keeps itself up to date. */
    public void live(Context ctx, Supplier<View> view) {
        if ("true".equals(ctx.header("HX-Request"))) {
            Rendering now = new Rendering(ctx.path(), tick.getAsLong());
            ctx.html(rendered.get(now, key -> fragment(view.get())));
        } else {
            View page = view.get();
            PageLayout layout = layout(ctx, page.title(), page.active(), page.events(), page.revision());
            framed(ctx, layout, page.template(), page.model());
        }
    }

    /** Renders a page that changes only on user actions. */
    public void still(Context ctx, String title, String template, Object model) {
        framed(ctx, layout(ctx, title, "account", "", 0), template, model);
    }

    /** Renders a page for users who are not signed in: no navigation, no counts. */
    public void plain(Context ctx, String title, String template, Object model) {
        Content content = output -> templates.render(template, model, output);
        html(ctx, "plain.jte", Map.of("title", title, "assets", assets, "content", content));
    }

    void error(Context ctx, ErrorReport report) {
        if (PageUser.of(ctx).isPresent()) {
            framed(ctx, layout(ctx, report.heading(), "", "", 0), "error.jte", report);
        } else {
            plain(ctx, report.heading(), "error.jte", report);
        }
    }

    private String fragment(View view) {
        StringOutput output = new StringOutput();
        PageLayout layout = layout("", "", view.title(), view.active(), view.events(), view.revision());
        Content content = inner -> templates.render(view.template(), view.model(), inner);
        templates.render("fragment.jte", Map.of("layout", layout, "content", content), output);
        return output.toString();
    }

    private void framed(Context ctx, PageLayout layout, String template, Object model) {
        Content content = output -> templates.render(template, model, output);
        html(ctx, "layout.jte", Map.of("layout", layout, "content", content));
    }

    private void html(Context ctx, String template, Map<String, Object> parameters) {
        StringOutput output = new StringOutput();
        templates.render(template, parameters, output);
        ctx.html(output.toString());
    }

    private PageLayout layout(Context ctx, String title, String active, String events, long revision) {
        PageUser user = PageUser.of(ctx).orElseThrow();
        return layout(user.user(), user.csrf(), title, active, events, revision);
    }

    private PageLayout layout(String user, String csrf, String title, String active, String events, long revision) {
        List<NamespaceSummary> namespaces = backend.namespaces();
        long nodes = namespaces.stream()
                .mapToLong(one -> (long) one.active() + one.suspected() + one.failed())
                .sum();
        String version = backend.gateway().version();
        return new PageLayout(assets, title, active, user, csrf, events, revision, namespaces, nodes, version);
    }

    private record Rendering(String path, long tick) {}
}
