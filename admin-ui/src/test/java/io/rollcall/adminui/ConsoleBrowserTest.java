package io.rollcall.adminui;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static com.microsoft.playwright.assertions.PlaywrightAssertions.setDefaultAssertionTimeout;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.rollcall.adminui.ConsoleBackend.Attention;
import io.rollcall.adminui.ConsoleBackend.NodeState;
import io.rollcall.adminui.ConsoleBackend.NodeView;
import io.rollcall.adminui.ConsoleBackend.Severity;
import io.rollcall.adminui.live.LiveTimings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console in Chromium: what a person sees, without a reload. Screenshots land in target/screenshots. */
@Tag("browser")
class ConsoleBrowserTest {

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static Playwright playwright;
    private static Browser chromium;

    @TempDir
    Path directory;

    private ConsoleFixture fixture;
    private final List<String> complaints = new ArrayList<>();

    @BeforeAll
    static void launch() throws IOException {
        Path executable = Path.of(System.getProperty("chromium", "/usr/bin/chromium"));
        if (!Files.isExecutable(executable)) {
            throw new IOException("There is no browser at " + executable
                    + ": install Debian's chromium (apt-get install chromium), or name one with -Dchromium=PATH");
        }
        Files.createDirectories(SCREENSHOTS);
        setDefaultAssertionTimeout(30_000); // five seconds are too few for a browser on a busy machine
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        chromium = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(executable)
                        .setArgs(List.of("--no-sandbox", "--disable-background-networking", "--disable-gpu")));
    }

    @AfterAll
    static void quit() {
        if (playwright != null) {
            playwright.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        fixture = new ConsoleFixture(
                directory, new LiveTimings(200, Duration.ofMillis(50), Duration.ofMillis(400), Duration.ofSeconds(15)));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void changes_appearWithoutAReload() throws IOException {
        fixture.backend.found("alpha", 41, List.of(FakeBackend.leader(1), FakeBackend.node(2)));
        try (BrowserContext context = context(ColorScheme.LIGHT, 1440)) {
            Page page = signIn(context, "/namespaces/alpha");
            assertThat(page.locator("#live-state")).hasText("Live");
            page.evaluate("window.sameDocument = true");

            fixture.backend.join("alpha", FakeBackend.node(3));
            assertThat(page.locator("tr[data-node-id='3']")).isVisible();
            assertThat(page.getByTestId("revision")).hasText("2");
            assertThat(page.getByTestId("nav-nodes")).hasText("3 nodes");

            page.locator("#pause").click();
            assertThat(page.locator("#live-state")).hasText("Paused");
            fixture.backend.join("alpha", FakeBackend.node(4));
            fixture.backend.join("alpha", FakeBackend.node(5));
            assertThat(page.locator("tr[data-node-id='4']")).hasCount(0);
            page.locator("#pause").click();
            assertThat(page.locator("tr[data-node-id='5']")).isVisible();
            assertThat(page.locator("#live-state")).hasText("Live");

            // Focus stays where it was though the row was drawn anew.
            page.navigate(url("/"));
            page.locator("#ns-alpha").focus();
            fixture.backend.join("alpha", FakeBackend.node(6));
            assertThat(page.getByTestId("nodes")).hasText("6");
            assertThat(page.locator("#ns-alpha")).isFocused();
            assertThat(complaints).isEmpty();
        }
    }

    @Test
    void lostConnection_saysSinceWhen_andKeepsTheLastData() throws IOException {
        fixture.backend.found("alpha", 41, List.of(FakeBackend.leader(1)));
        try (BrowserContext context = context(ColorScheme.LIGHT, 1440)) {
            Page page = signIn(context, "/namespaces/alpha");
            assertThat(page.locator("#live-state")).hasText("Live");
            fixture.close();
            assertThat(page.locator("#live-state")).hasText(Pattern.compile("Disconnected since \\d\\d:\\d\\d:\\d\\d"));
            assertThat(page.locator("tr[data-node-id='1']")).isVisible();
            shot(page, "disconnected");
        }
    }

    @Test
    void endedSession_leadsToTheSignInPage_andBack() throws IOException {
        fixture.backend.found("alpha", 41, List.of(FakeBackend.leader(1)));
        try (BrowserContext context = context(ColorScheme.LIGHT, 1440)) {
            Page page = signIn(context, "/namespaces/alpha");
            assertThat(page.locator("#live-state")).hasText("Live");
            fixture.pass(Duration.ofMinutes(31));
            assertThat(page).hasURL(Pattern.compile("/signin\\?next=%2Fnamespaces%2Falpha$"));
            fill(page);
            assertThat(page).hasURL(url("/namespaces/alpha"));
        }
    }

    @Test
    void hostileMetadata_isShownAndNeverRuns() throws IOException {
        String hostile = "<img src=x onerror=\"window.owned=1\"><script>window.owned=1</script>" + "w".repeat(300);
        fixture.backend.found(
                "alpha", 1, List.of(FakeBackend.node(1, NodeState.ACTIVE, Duration.ZERO, Map.of("note", hostile))));
        try (BrowserContext context = context(ColorScheme.LIGHT, 375)) {
            Page page = signIn(context, "/namespaces/alpha");
            assertThat(page.locator("tr[data-node-id='1']")).containsText("<script>window.owned=1</script>");
            fixture.backend.join("alpha", FakeBackend.node(2));
            assertThat(page.locator("tr[data-node-id='2']")).isVisible();
            assertThat(page.evaluate("typeof window.owned")).isEqualTo("undefined");
            noSidewaysScroll(page);
        }
    }

    @Test
    void theme_followsTheSystemUntilSwitched_andIsRemembered() throws IOException {
        try (BrowserContext context = context(ColorScheme.DARK, 1440)) {
            Page page = signIn(context, "/");
            assertThat(page.locator("body")).hasCSS("background-color", "rgb(10, 13, 20)");
            page.locator("#theme").click();
            assertThat(page.locator("#theme")).hasText("Theme: light");
            assertThat(page.locator("body")).hasCSS("background-color", "rgb(245, 246, 249)");
            page.reload();
            assertThat(page.locator("body")).hasCSS("background-color", "rgb(245, 246, 249)");
        }
    }

    @Test
    void pages_areReadableInLightAndDark_wideAndNarrow() throws IOException {
        for (boolean filled : new boolean[] {false, true}) {
            if (filled) {
                fill();
            }
            for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                for (int width : new int[] {1440, 375}) {
                    look(scheme, width, filled);
                }
            }
        }
    }

    private void look(ColorScheme scheme, int width, boolean filled) throws IOException {
        String name = (filled ? "" : "empty-") + scheme.name().toLowerCase(java.util.Locale.ROOT) + "-" + width;
        try (BrowserContext context = context(scheme, width)) {
            Page page = signIn(context, "/");
            assertThat(page.locator("#live-state")).hasText("Live");
            check(page, "overview-" + name);
            List<String> others = filled
                    ? List.of("/namespaces/orders-raft", "/namespaces/vision-train")
                    : List.of("/account", "/nothing");
            for (String path : others) {
                page.navigate(url(path));
                check(page, path.substring(path.lastIndexOf('/') + 1) + "-" + name);
            }
            if (!filled) {
                context.clearCookies();
                page.navigate(url("/signin"));
                check(page, "signin-" + name);
            }
            // The 404 page is asked for on purpose.
            complaints.removeIf(said -> said.contains("404"));
            assertThat(complaints).isEmpty();
        }
    }

    private void check(Page page, String name) {
        shot(page, name);
        noSidewaysScroll(page);
        List<Rule> violations = new AxeBuilder(page).analyze().getViolations();
        assertThat(violations.stream()
                        .filter(rule -> Set.of("serious", "critical").contains(rule.getImpact()))
                        .map(rule -> name + ": " + rule.getHelp() + " "
                                + rule.getNodes().get(0).getHtml()
                                + rule.getNodes().get(0).getFailureSummary())
                        .toList())
                .isEmpty();
    }

    private static void shot(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(SCREENSHOTS.resolve(name + ".png"))
                .setFullPage(true));
    }

    private static void noSidewaysScroll(Page page) {
        assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                .as("fits %s", page.url())
                .isTrue();
    }

    private BrowserContext context(ColorScheme scheme, int width) {
        BrowserContext context = chromium.newContext(new Browser.NewContextOptions()
                .setIgnoreHTTPSErrors(true)
                .setColorScheme(scheme)
                .setViewportSize(width, 900));
        context.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(message.text());
            }
        });
        context.onWebError(error -> complaints.add(error.error()));
        return context;
    }

    private Page signIn(BrowserContext context, String path) throws IOException {
        Page page = context.newPage();
        page.navigate(url(path));
        fill(page);
        assertThat(page).hasURL(url(path));
        return page;
    }

    private void fill(Page page) throws IOException {
        page.getByLabel("User name").fill("admin");
        page.getByLabel("Password").fill(fixture.password());
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign in"))
                .click();
    }

    private String url(String path) {
        return "https://localhost:" + fixture.console.port() + path;
    }

    private void fill() {
        fixture.backend.found(
                "orders-raft",
                41,
                List.of(
                        FakeBackend.leader(1),
                        FakeBackend.node(2),
                        FakeBackend.node(3),
                        FakeBackend.node(4),
                        FakeBackend.node(5)));
        List<NodeView> nodes = new ArrayList<>();
        for (int id = 11; id <= 15; id++) {
            nodes.add(FakeBackend.node(id));
        }
        nodes.add(FakeBackend.node(
                16,
                NodeState.SUSPECTED,
                Duration.ofMillis(12_400),
                Map.of("zone", "north", "gpu", "a100", "image", "registry.example/train:2026.11.3-cuda")));
        nodes.add(FakeBackend.node(17, NodeState.FAILED, Duration.ofSeconds(340), Map.of()));
        fixture.backend.found(
                "vision-train",
                68,
                nodes,
                new Attention(
                        Severity.PROBLEM,
                        "The namespace has no leader",
                        Instant.now().minusSeconds(190),
                        "Nodes that ask for the leader are told there is none; term 68 stays on record",
                        "See why the members do not elect: 5 of 7 are active"),
                new Attention(
                        Severity.WARNING,
                        "Node 17 failed",
                        Instant.now().minusSeconds(340),
                        "It is left out of lists; its lease expired after 15 s of silence",
                        "Restart it, or remove it"));
    }
}
