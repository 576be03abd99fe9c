package io.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.server.config.ConfigReader;
import io.rollcall.server.config.GatewayConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wherever a start fails, nothing of it is left: no thread, no lock, no write-ahead log, no audit log without its last
 * line. It fails at each place where it reads a clock, one after the other.
 */
class GatewayStartTest {
    /** Of the threads that a gateway starts, and its console's web server. */
    private static final List<String> OWN_THREADS = List.of(
            "gateway-", "registry-writer", "lease-sweeper", "audit-", "watchdog", "console-live", "qtp", "Scheduler-");

    /** Where a start fails there are more; a test that finds fewer tries nothing. */
    private static final int PLACES = 9;

    @TempDir
    private static Path certificates;

    private static DevCerts certs;

    @TempDir
    private Path dataDir;

    private List<Thread> before;

    @BeforeAll
    static void mint() {
        certs = DevCerts.in(certificates);
        certs.issue(NodeRange.of("alpha", 1, 1));
    }

    @BeforeEach
    void countThreads() {
        before = ownThreads();
    }

    private static List<Thread> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> OWN_THREADS.stream().anyMatch(thread.getName()::startsWith))
                .toList();
    }

    private GatewayConfig config(String... options) {
        Map<String, String> all =
                new TreeMap<>(Map.of("data-dir", dataDir.toString(), "port", "0", "console-port", "0"));
        for (int i = 0; i < options.length; i += 2) {
            all.put(options[i], options[i + 1]);
        }
        return ConfigReader.read(certs.configuration(), all);
    }

    private void assertNothingIsLeft() throws IOException {
        await("the threads end").atMost(Duration.ofSeconds(30)).until(() -> before.containsAll(ownThreads()));
        try (Stream<Path> files = Files.list(dataDir)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .doesNotContain("registry.db-wal", "registry.db-shm");
        }
        assertThat(dataDir.resolve("audit/audit-000001.jsonl"))
                .satisfiesAnyOf(none -> assertThat(none).doesNotExist(), ended -> assertThat(lastLine(ended))
                        .contains("\"gateway-stopped\""));
    }

    private static String lastLine(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.get(lines.size() - 1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void assertStarts() throws IOException {
        try (Gateway gateway = Gateway.start(config())) {
            assertThat(gateway.address()).doesNotEndWith(":0");
        }
        assertNothingIsLeft();
    }

    @Test
    void whereverItFails_itUndoesWhatItDid() throws Exception {
        int failed = 0;
        FailingClock clock;
        int place = 1;
        do {
            clock = new FailingClock(place++);
            failed += startFails(clock) ? 1 : 0;
            assertNothingIsLeft();
        } while (clock.hasFailed());
        assertThat(failed).isGreaterThan(PLACES);
    }

    /** Or it does without what failed: a namespace whose files are read just then is not served. */
    private boolean startFails(FailingClock clock) throws IOException {
        try (Gateway gateway = Gateway.start(config(), Collaborators.real().clocks(clock, clock::nanos))) {
            clock.failNoMore();
            assertThat(gateway.consoleAddress()).startsWith("https://");
            return false;
        } catch (NoClassDefFoundError injected) {
            assertThat(injected.getSuppressed()).isEmpty();
            return true;
        }
    }

    @Tag("long")
    @Test
    void withTheNodesPortTaken_itUndoesWhatItDid() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            assertThatThrownBy(() -> Gateway.start(config("port", Integer.toString(taken.getLocalPort()))))
                    .hasMessageContaining("cannot listen on localhost:" + taken.getLocalPort());
        }
        assertNothingIsLeft();
        assertStarts();
    }

    @Test
    void withTheConsolesPortTaken_itUndoesWhatItDid() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            assertThatThrownBy(() -> Gateway.start(config("console-port", Integer.toString(taken.getLocalPort()))))
                    .hasMessageContaining("the console cannot listen on localhost:" + taken.getLocalPort())
                    .hasMessageContaining("--console-port");
        }
        assertNothingIsLeft();
    }

    /** Once, on the thread that starts the gateway. */
    private static final class FailingClock extends Clock {
        private final Thread starter = Thread.currentThread();
        private int left;
        private boolean hasFailed;

        FailingClock(int place) {
            this.left = place;
        }

        void failNoMore() {
            left = 0;
        }

        boolean hasFailed() {
            return hasFailed;
        }

        private void perhapsFail() {
            if (Thread.currentThread() == starter && --left == 0) {
                hasFailed = true;
                throw new NoClassDefFoundError("in/a/Test");
            }
        }

        @Override
        public Instant instant() {
            perhapsFail();
            return Instant.now();
        }

        long nanos() {
            perhapsFail();
            return System.nanoTime();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
