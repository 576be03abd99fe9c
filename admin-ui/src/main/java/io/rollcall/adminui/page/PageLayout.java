package io.rollcall.adminui.page;

import io.rollcall.adminui.ConsoleBackend.NamespaceSummary;
import java.util.List;

/**
 * The frame around a page's content.
 *
 * @param events the stream to follow, or nothing for a page that stands still
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

    /** Whether the page follows the gateway. */
    public boolean live() {
        return !events.isEmpty();
    }

    /** Puts {@code aria-current} on the entry that is open. */
    public String current(String entry) {
        return active.equals(entry) ? "page" : "false";
    }
}
