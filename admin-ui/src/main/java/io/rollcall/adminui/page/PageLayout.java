package io.rollcall.adminui.page;

import io.rollcall.adminui.ConsoleBackend.NamespaceSummary;
import java.util.List;

/**
 * The frame around a page's content.
 *
 * @param events the stream to follow; empty for a static page
 * @param nodes in all namespaces
 */
public record PageLayout(
        Assets assets,
        String title,
        String active,
        String user,
        String csrf,
        String events,
        long revision,
        List<NamespaceSummary> namespaces,
        long nodes,
        String version) {

    /** Returns whether the page follows a stream. */
    public boolean live() {
        return !events.isEmpty();
    }

    /** Returns {@code aria-current} for the open entry. */
    public String current(String entry) {
        return active.equals(entry) ? "page" : "false";
    }
}
