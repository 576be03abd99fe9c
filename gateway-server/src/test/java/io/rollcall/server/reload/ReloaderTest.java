package io.rollcall.server.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.config.ConfigSource;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.Quotas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloaderTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NamespaceName BETA = new NamespaceName("beta");
    private static final String HEAD = """
            certificate: cert.pem
            key: key.pem
            trust-domain: example.org
            namespaces:
            """;

    @TempDir
    private Path dir;

    private final TestClock clock = new TestClock(NOW);
    private final Alarms alarms = new Alarms(clock, whose -> {});
    private final RecordingParts parts = new RecordingParts();
    private final Told told = new Told();
    private Path file;
    private Reloader reloader;

    /** Hears what came of each change. */
    private static final class Told implements ReloadListener {
        private final List<String> events = new ArrayList<>();

        @Override
        public void taken(Subject what, Map<String, String> hashes) {
            events.add(what.matter() + " taken");
        }

        @Override
        public void refused(Subject what, String why) {
            events.add(what.matter() + " refused: " + why);
        }
    }

    /** Takes everything but what it is told to find bad, and writes down what it was asked. */
    private final class RecordingParts implements Reloader.Parts {
        private final List<String> asked = new ArrayList<>();
        private final Set<Object> bad = new HashSet<>();
        private final Set<NamespaceName> notYet = new HashSet<>();
        private Optional<Instant> due = Optional.empty();
        private Instant end = Instant.MAX;

        @Override
        public boolean take(IdentityConfig config, NamespaceConfig namespace) {
            if (bad.contains(namespace.name())) {
                throw new IllegalArgumentException("trust bundle of " + namespace.name() + " is damaged");
            }
            if (notYet.contains(namespace.name())) {
                return false;
            }
            asked.add("take " + namespace.name() + " for " + config.audience());
            return true;
        }

        @Override
        public void drop(NamespaceName namespace) {
            asked.add("drop " + namespace);
        }

        @Override
        public void replaceQuotas(Map<NamespaceName, Quotas> quotas) {
            asked.add("hold " + quotas.get(ALPHA).nodes());
        }

        @Override
        public void fetch() {
            asked.add("fetch");
        }

        @Override
        public void showCertificate(Path certificate, Path key) throws IOException {
            if (bad.contains(certificate)) {
                throw new IOException("server certificate: " + certificate + " expired");
            }
            asked.add("show " + certificate.getFileName());
        }

        @Override
        public void logLevel(String level) {
            asked.add("log " + level);
        }

        @Override
        public Optional<Instant> revocationListDue(NamespaceName namespace) {
            return due;
        }

        @Override
        public Instant certificateEnd() {
            return end;
        }

        List<String> asked() {
            List<String> all = List.copyOf(asked);
            asked.clear();
            return all;
        }
    }

    @BeforeEach
    void start() throws IOException {
        file = dir.resolve("gateway.yaml");
        for (String name : List.of("cert.pem", "key.pem", "alpha.pem", "alpha.json", "beta.pem", "beta.json")) {
            Files.writeString(dir.resolve(name), "first");
        }
        ConfigSource source = configured(HEAD + namespace("alpha") + namespace("beta"));
        GatewayConfig config = source.read();
        reloader = new Reloader(config, alarms, told, clock);
        reloader.begin(parts);
        reloader.watch(source);
        look();
        assertThat(parts.asked()).as("nothing has changed").isEmpty();
        told.events.clear();
    }

    @AfterEach
    void stop() {
        reloader.close();
    }

    private static String namespace(String name) {
        return "  %s: {trust-bundle: %s.pem, jwks: %s.json, issuer: me}%n".formatted(name, name, name);
    }

    private ConfigSource configured(String yaml) throws IOException {
        Files.writeString(file, yaml);
        return new ConfigSource(file, Map.of());
    }

    private void write(String name) throws IOException {
        Files.writeString(dir.resolve(name), "other");
    }

    /** Twice: what one look sees, the next one takes. */
    private void look() {
        reloader.look();
        reloader.look();
    }

    private Optional<Alarm> alarm(Matter matter) {
        return alarms.all().stream()
                .filter(alarm -> alarm.subject().matter() == matter)
                .findFirst();
    }

    @Test
    void aChangedFile_isTaken_forItsNamespaceAlone() throws IOException {
        write("alpha.json");
        look();
        assertThat(parts.asked()).containsExactly("take alpha for rollcall-gateway");
    }

    @Test
    void aChangedCertificate_isShown() throws IOException {
        write("cert.pem");
        write("key.pem");
        look();
        assertThat(parts.asked()).containsExactly("show cert.pem");
    }

    @Test
    void i3_badFiles_raiseAnAlarm_whichIsOver_whenTheyAreGood() throws IOException {
        parts.bad.add(ALPHA);
        write("alpha.pem");
        look();
        assertThat(parts.asked()).isEmpty();
        assertThat(alarms.about(Optional.of(ALPHA))).singleElement().satisfies(alarm -> {
            assertThat(alarm.subject()).isEqualTo(Subject.of(Matter.TRUST_POLICY, ALPHA));
            assertThat(alarm.remedy()).isEqualTo("trust bundle of alpha is damaged");
            assertThat(alarm.since()).isEqualTo(NOW);
        });

        clock.advance(Duration.ofMinutes(1));
        look();
        assertThat(alarms.all()).singleElement().satisfies(alarm -> assertThat(alarm.since())
                .isEqualTo(NOW));

        assertThat(told.events).as("once").containsExactly("TRUST_POLICY refused: trust bundle of alpha is damaged");

        parts.bad.clear(); // time, or another file, has put it right
        look();
        assertThat(told.events).hasSize(2).last().isEqualTo("TRUST_POLICY taken");
        assertThat(parts.asked()).containsExactly("take alpha for rollcall-gateway");
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void i3_aBadCertificate_raisesAnAlarm() throws IOException {
        parts.bad.add(dir.resolve("cert.pem"));
        write("cert.pem");
        look();
        assertThat(alarm(Matter.CERTIFICATE).orElseThrow().remedy()).endsWith("cert.pem expired");
    }

    @Test
    void i3_aBadConfiguration_changesNothing() throws IOException {
        configured(HEAD.replace("trust-domain", "trust-domian") + namespace("beta"));
        look();
        assertThat(parts.asked()).isEmpty();
        assertThat(alarm(Matter.CONFIGURATION).orElseThrow().remedy()).contains("did you mean 'trust-domain'?");

        Files.delete(file);
        look();
        assertThat(parts.asked()).isEmpty();
        assertThat(alarm(Matter.CONFIGURATION).orElseThrow().remedy()).contains("cannot be read");

        configured(HEAD + namespace("alpha") + namespace("beta"));
        look();
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void namespaces_comeAndGo_andTheOthersAreLeftAlone() throws IOException {
        Files.writeString(dir.resolve("gamma.pem"), "first");
        configured(HEAD + namespace("alpha") + namespace("gamma"));
        look();
        assertThat(parts.asked())
                .containsExactly("log info", "hold 10000", "drop beta", "take gamma for rollcall-gateway");

        write("beta.json");
        look();
        assertThat(parts.asked())
                .as("nobody looks at the files of one that is gone")
                .isEmpty();
        configured(HEAD + namespace("alpha") + namespace("beta"));
        look();
        assertThat(parts.asked())
                .containsExactly("log info", "hold 10000", "drop gamma", "take beta for rollcall-gateway");
    }

    @Test
    void theAlarmOfANamespaceThatIsGone_isOver() throws IOException {
        parts.bad.add(BETA);
        write("beta.pem");
        look();
        assertThat(alarms.about(Optional.of(BETA))).hasSize(1);
        configured(HEAD + namespace("alpha"));
        look();
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void aChangedSetting_isTaken_byAllWhomItConcerns() throws IOException {
        configured(
                "audience: other\nlog-level: debug\nquota-nodes: 7\n" + HEAD + namespace("alpha") + namespace("beta"));
        look();
        assertThat(parts.asked()).containsExactly("log debug", "hold 7", "take alpha for other", "take beta for other");
    }

    @Test
    void anotherCertificatesPath_isShown_fromThenOn() throws IOException {
        Files.writeString(dir.resolve("next.pem"), "first");
        configured(HEAD.replace("cert.pem", "next.pem") + namespace("alpha") + namespace("beta"));
        look();
        assertThat(parts.asked()).containsExactly("log info", "hold 10000", "show next.pem");
        write("next.pem");
        look();
        assertThat(parts.asked()).containsExactly("show next.pem");
    }

    @Test
    void whatIsNotYetThere_isAskedForAgain_withoutAnAlarm() throws IOException {
        parts.notYet.add(ALPHA);
        write("alpha.json");
        look();
        assertThat(alarms.all()).isEmpty();
        parts.notYet.clear();
        look();
        assertThat(parts.asked()).containsExactly("take alpha for rollcall-gateway");
    }

    @Test
    void sighup_takesAllAtOnce_changedOrNot() {
        reloader.takeAll();
        assertThat(parts.asked())
                .containsExactly(
                        "fetch", "show cert.pem", "take alpha for rollcall-gateway", "take beta for rollcall-gateway");
    }

    @Test
    void whatRunsOutWhileInForce_raisesAnAlarm() {
        parts.due = Optional.of(NOW.plusSeconds(60));
        parts.end = NOW.plusSeconds(60);
        look();
        assertThat(alarms.all()).isEmpty();

        clock.advance(Duration.ofSeconds(61));
        look();
        assertThat(alarms.all())
                .extracting(Alarm::subject)
                .containsExactlyInAnyOrder(
                        Subject.of(Matter.REVOCATION_LIST, ALPHA),
                        Subject.of(Matter.REVOCATION_LIST, BETA),
                        Subject.of(Matter.CERTIFICATE_ENDED));
        assertThat(parts.asked()).as("it stays in force").isEmpty();
    }

    @Test
    void aPartThatFailsOtherwise_doesNotKeepTheOthersFromTheirs() throws IOException {
        parts.bad.add(dir.resolve("cert.pem"));
        write("cert.pem");
        write("beta.json");
        look();
        assertThat(parts.asked()).containsExactly("take beta for rollcall-gateway");
    }
}
