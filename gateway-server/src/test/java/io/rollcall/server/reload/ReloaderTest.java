package io.rollcall.server.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.config.ConfigSource;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.StartRefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.reload.WatchedFiles.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloaderTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NamespaceName BETA = new NamespaceName("beta");
    private static final String YAML = """
            certificate: cert.pem
            key: key.pem
            trust-domain: example.org
            namespaces:
              alpha: {trust-bundle: alpha.pem, jwks: alpha.json, issuer: me}
            """;

    @TempDir
    private Path dir;

    private final TestClock clock = new TestClock(NOW);
    private final Alarms alarms = new Alarms(clock, whose -> {});
    private final TestReloader.Told told = new TestReloader.Told();
    private final ReloadReports reports = new ReloadReports(alarms, told);
    private final List<String> asked = new ArrayList<>();
    private Path file;
    private Part alpha;
    private Part beta;
    private TestReloader reloader;

    /** Takes one file, unless told that it is bad, and writes down what it was asked. */
    private final class Part implements Reloadable {
        private final NamespaceName name;
        private final WatchedFiles files;
        private @Nullable RuntimeException bad;
        private boolean isNotYet;
        private @Nullable RuntimeException failure;
        private int datesChecked;

        Part(NamespaceName name) {
            this.name = name;
            this.files = new WatchedFiles(
                    FileWatch.taken(List.of(dir.resolve(name + ".pem"))),
                    reports,
                    Subject.of(Matter.TRUST_POLICY, name),
                    () -> new WatchedFiles.Words("it cannot be used", "nothing happens"),
                    this::take);
        }

        private Outcome take() {
            if (bad != null) {
                throw bad;
            }
            if (isNotYet) {
                return Outcome.NOT_YET;
            }
            asked.add("take " + name);
            return Outcome.TAKEN;
        }

        @Override
        public void configure(GatewayConfig changed) {
            asked.add("configure " + name + " for " + changed.get(Setting.AUDIENCE));
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public List<WatchedFiles> files() {
            return List.of(files);
        }

        @Override
        public void fetch() {
            asked.add("fetch " + name);
        }

        @Override
        public void checkDates() {
            datesChecked++;
            if (failure != null) {
                throw failure;
            }
        }
    }

    @BeforeEach
    void start() throws IOException {
        file = dir.resolve("gateway.yaml");
        write("alpha", "first");
        write("beta", "first");
        ConfigSource source = configured(YAML);
        alpha = new Part(ALPHA);
        beta = new Part(BETA);
        reloader = new TestReloader(source, reports, alpha, beta);
        look();
        assertThat(asked()).as("nothing has changed").isEmpty();
        told.events.clear();
    }

    @AfterEach
    void stop() {
        reloader.close();
    }

    private ConfigSource configured(String yaml) throws IOException {
        Files.writeString(file, yaml);
        return new ConfigSource(file, Map.of());
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(dir.resolve(name + ".pem"), content);
    }

    private void look() {
        reloader.look();
    }

    private List<String> asked() {
        List<String> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    @Test
    void changedFiles_areTaken_andNoOthers() throws IOException {
        write("alpha", "other");
        look();
        assertThat(asked()).containsExactly("take alpha");
        assertThat(told.events).containsExactly("TRUST_POLICY taken");
    }

    @Test
    void i3_badFiles_raiseAnAlarm_whichIsOver_whenTheyAreGood() throws IOException {
        alpha.bad = new IllegalArgumentException("alpha.pem is damaged");
        write("alpha", "other");
        look();
        assertThat(asked()).isEmpty();
        assertThat(alarms.about(Optional.of(ALPHA))).singleElement().satisfies(alarm -> {
            assertThat(alarm.subject()).isEqualTo(Subject.of(Matter.TRUST_POLICY, ALPHA));
            assertThat(alarm.remedy()).isEqualTo("alpha.pem is damaged");
            assertThat(alarm.since()).isEqualTo(NOW);
        });

        clock.advance(Duration.ofMinutes(1));
        look();
        assertThat(alarms.all()).singleElement().satisfies(alarm -> assertThat(alarm.since())
                .isEqualTo(NOW));
        assertThat(told.events).as("once").containsExactly("TRUST_POLICY refused: alpha.pem is damaged");

        alpha.bad = null; // time, or another file, has put it right
        look();
        assertThat(told.events).hasSize(2).last().isEqualTo("TRUST_POLICY taken");
        assertThat(asked()).containsExactly("take alpha");
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void filesThatAreBadAtTheStart_raiseAnAlarm_andAreTriedAtEachLook() {
        alpha.bad = new IllegalArgumentException("alpha.pem is damaged");
        alpha.files.takeFirst();
        beta.files.takeFirst();
        assertThat(asked()).containsExactly("take beta");
        assertThat(alarms.all()).extracting(Alarm::remedy).containsExactly("alpha.pem is damaged");
        assertThat(told.events)
                .as("what is good at the start is no change")
                .containsExactly("TRUST_POLICY refused: alpha.pem is damaged");

        alpha.bad = null;
        look();
        assertThat(asked()).containsExactly("take alpha");
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void whatRefusesTheStart_doesSo_andIsAnAlarmLater() throws IOException {
        alpha.bad = new StartRefusedException("alpha.pem is a development CA");
        assertThatThrownBy(alpha.files::takeFirst).isSameAs(alpha.bad);
        assertThat(alarms.all()).isEmpty();

        write("alpha", "other");
        look();
        assertThat(alarms.all()).extracting(Alarm::remedy).containsExactly("alpha.pem is a development CA");
    }

    @Test
    void i3_aBadConfiguration_changesNothing() throws IOException {
        configured(YAML.replace("trust-domain", "trust-domian"));
        look();
        assertThat(asked()).isEmpty();
        assertThat(alarms.all()).singleElement().satisfies(alarm -> {
            assertThat(alarm.subject()).isEqualTo(Subject.of(Matter.CONFIGURATION));
            assertThat(alarm.remedy()).contains("did you mean 'trust-domain'?");
        });

        Files.delete(file);
        look();
        assertThat(asked()).isEmpty();
        assertThat(alarms.all())
                .extracting(Alarm::remedy)
                .singleElement()
                .asString()
                .contains("cannot be read");

        configured(YAML);
        look();
        assertThat(alarms.all()).isEmpty();
        assertThat(asked()).as("it says what is in force already").isEmpty();
    }

    @Test
    void aChangedConfiguration_isTaken_byEachPart_inOrder() throws IOException {
        configured("audience: other\n" + YAML);
        look();
        assertThat(asked()).containsExactly("configure alpha for other", "configure beta for other");
        look();
        assertThat(asked()).isEmpty();
    }

    @Test
    void aPartThatCannotTakeAConfiguration_raisesAnAlarm_andAllAreAskedAgain() throws IOException {
        beta.failure = new IllegalStateException("planted");
        configured("audience: other\n" + YAML);
        look();
        assertThat(asked()).containsExactly("configure alpha for other", "configure beta for other");
        assertThat(alarms.all()).extracting(Alarm::subject).containsExactly(Subject.of(Matter.CONFIGURATION));

        beta.failure = null;
        look();
        assertThat(asked()).containsExactly("configure alpha for other", "configure beta for other");
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void whatIsNotYetThere_isAskedForAgain_withoutAnAlarm() throws IOException {
        alpha.isNotYet = true;
        write("alpha", "other");
        look();
        assertThat(alarms.all()).isEmpty();
        alpha.isNotYet = false;
        look();
        assertThat(asked()).containsExactly("take alpha");
    }

    @Test
    void sighup_takesAllAtOnce_changedOrNot() {
        reloader.hangUp();
        assertThat(asked()).containsExactly("fetch alpha", "fetch beta", "take alpha", "take beta");
        assertThat(told.events).containsExactly("CONFIGURATION taken", "TRUST_POLICY taken", "TRUST_POLICY taken");
    }

    @Test
    void dates_areCheckedAtEachLook_whateverBecomesOfAnotherPart() throws IOException {
        int before = beta.datesChecked;
        alpha.failure = new IllegalStateException("planted");
        look();
        assertThat(beta.datesChecked).isEqualTo(before + 2);
    }

    @Test
    void aPartThatFailsOtherwise_doesNotKeepTheOthersFromTheirs() throws IOException {
        alpha.bad = new IllegalStateException("planted");
        write("alpha", "other");
        write("beta", "other");
        look();
        assertThat(asked()).containsExactly("take beta");
        assertThat(alarms.all())
                .extracting(Alarm::remedy)
                .singleElement()
                .asString()
                .contains("its log has the details");
    }
}
