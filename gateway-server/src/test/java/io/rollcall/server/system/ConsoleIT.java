package io.rollcall.server.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole product: a gateway process, node processes of two tenants, and an administrator's Chromium. */
class ConsoleIT {
    private static final LocatorAssertions.HasAttributeOptions SOON =
            new LocatorAssertions.HasAttributeOptions().setTimeout(30_000);
    private static final LocatorAssertions.IsVisibleOptions VISIBLE_SOON =
            new LocatorAssertions.IsVisibleOptions().setTimeout(30_000);
    private static final LocatorAssertions.ContainsTextOptions TEXT_SOON =
            new LocatorAssertions.ContainsTextOptions().setTimeout(30_000);

    @Test
    void anAdministrator_signsIn_readsNodesAndLeader_andSeesAKilledNodeByItself(@TempDir Path dir) throws Exception {
        List<ChildProcess> nodes = new ArrayList<>();
        try (GatewayProcess gateway =
                        GatewayProcess.start(dir, "--heartbeat-interval", "500ms", "--node-timeout", "6s");
                ConsoleBrowser browser = new ConsoleBrowser()) {
            for (int id = 1; id <= 3; id++) {
                nodes.add(gateway.demoNode("alpha", id));
                nodes.add(gateway.demoNode("beta", id));
            }
            Page page = browser.open(gateway.console(), 1440, ColorScheme.LIGHT);
            ConsoleBrowser.signIn(page, gateway.consolePassword());
            assertThat(page.locator("[data-namespace=alpha]").first()).isVisible(VISIBLE_SOON);
            assertThat(page.locator("[data-namespace=beta]").first()).isVisible(VISIBLE_SOON);

            page.navigate(gateway.console() + "/namespaces/alpha");
            for (int id = 1; id <= 3; id++) {
                assertThat(row(page, id)).hasAttribute("data-state", "active", SOON);
            }
            assertThat(page.locator("tr[data-leader=true]"))
                    .hasCount(1, new LocatorAssertions.HasCountOptions().setTimeout(30_000));
            Locator leader = page.locator("tr[data-leader=true]");
            int leaderId = Integer.parseInt(leader.getAttribute("data-node-id"));
            assertThat(page.getByTestId("leader").first()).containsText(Integer.toString(leaderId), TEXT_SOON);
            ConsoleBrowser.screenshot(page, "namespace-light");

            // alpha's nodes stand at even places, in the order of their ids.
            nodes.get((leaderId - 1) * 2).kill();
            assertThat(row(page, leaderId)).hasAttribute("data-state", "failed", SOON);
            // Nobody reloaded the page; and the cluster has recovered.
            assertThat(page.locator("tr[data-leader=true]"))
                    .not()
                    .hasAttribute("data-node-id", Integer.toString(leaderId), SOON);

            page.navigate(gateway.console());
            ConsoleBrowser.screenshot(page, "overview-light");
            Page dark = browser.open(gateway.console(), 375, ColorScheme.DARK);
            ConsoleBrowser.signIn(dark, gateway.consolePassword());
            ConsoleBrowser.screenshot(dark, "overview-dark-narrow");
        } finally {
            nodes.forEach(ChildProcess::close);
        }
    }

    private static Locator row(Page page, int id) {
        return page.locator("tr[data-node-id='" + id + "']");
    }
}
