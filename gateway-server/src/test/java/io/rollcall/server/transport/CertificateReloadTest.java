package io.rollcall.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.config.ConfigSource;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.reload.FileWatch;
import io.rollcall.server.reload.ReloadListener;
import io.rollcall.server.reload.ReloadReports;
import io.rollcall.server.reload.TestReloader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateReloadTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final String YAML = """
            certificate: cert.pem
            key: key.pem
            trust-domain: example.org
            namespaces: {}
            """;

    @TempDir
    private Path dir;

    private final TestClock clock = new TestClock(NOW);
    private final Alarms alarms = new Alarms(clock, whose -> {});
    private final List<String> shown = new ArrayList<>();
    private boolean isBad;
    private Instant end = Instant.MAX;
    private TestReloader reloader;

    @BeforeEach
    void start() throws IOException {
        for (String name : List.of("cert.pem", "key.pem", "next.pem")) {
            Files.writeString(dir.resolve(name), "first");
        }
        ConfigSource source = configured(YAML);
        GatewayConfig config = source.read();
        ReloadReports reports = new ReloadReports(alarms, ReloadListener.NOBODY);
        reloader = new TestReloader(
                source,
                reports,
                new CertificateReload(
                        config,
                        FileWatch.taken(CertificateReload.files(config)),
                        this::show,
                        () -> end,
                        reports,
                        clock));
        reloader.look();
        assertThat(shown).as("nothing has changed").isEmpty();
    }

    @AfterEach
    void stop() {
        reloader.close();
    }

    private ConfigSource configured(String yaml) throws IOException {
        return new ConfigSource(Files.writeString(dir.resolve("gateway.yaml"), yaml), Map.of());
    }

    private void show(Path certificate, Path key) throws IOException {
        if (isBad) {
            throw new IOException("server certificate: " + certificate + " expired");
        }
        shown.add(certificate.getFileName() + " " + key.getFileName());
    }

    @Test
    void aChangedCertificate_isShown_onceForItAndItsKey() throws IOException {
        Files.writeString(dir.resolve("cert.pem"), "other");
        Files.writeString(dir.resolve("key.pem"), "other");
        reloader.look();
        assertThat(shown).containsExactly("cert.pem key.pem");
    }

    @Test
    void i3_aBadCertificate_raisesAnAlarm() throws IOException {
        isBad = true;
        Files.writeString(dir.resolve("cert.pem"), "other");
        reloader.look();
        assertThat(alarms.all()).singleElement().satisfies(alarm -> {
            assertThat(alarm.subject()).isEqualTo(Subject.of(Matter.CERTIFICATE));
            assertThat(alarm.remedy()).endsWith("cert.pem expired");
        });
    }

    @Test
    void anotherCertificatesPath_isShown_fromThenOn() throws IOException {
        configured(YAML.replace("cert.pem", "next.pem"));
        reloader.look();
        reloader.look();
        assertThat(shown).containsExactly("next.pem key.pem");
        Files.writeString(dir.resolve("next.pem"), "other");
        reloader.look();
        assertThat(shown).hasSize(2);
    }

    @Test
    void aCertificateThatEnds_raisesAnAlarm_untilAnotherIsInForce() {
        end = NOW.plusSeconds(60);
        reloader.look();
        assertThat(alarms.all()).isEmpty();
        clock.advance(Duration.ofSeconds(61));
        reloader.look();
        assertThat(alarms.all()).extracting(Alarm::subject).containsExactly(Subject.of(Matter.CERTIFICATE_ENDED));
        end = Instant.MAX;
        reloader.look();
        assertThat(alarms.all()).isEmpty();
    }
}
