package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.config.ConfigSource;
import io.rollcall.server.config.StartRefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.reload.ReloadReports;
import io.rollcall.server.reload.TestReloader;
import io.rollcall.server.testing.BadFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which namespaces are served, at the start and later, as their files are; alpha's with a revocation list. */
class TrustPolicyReloadTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NamespaceName BETA = new NamespaceName("beta");

    private static final TestClock AT_FIRST = new TestClock(NOW);
    private static final Map<Path, String> good = new LinkedHashMap<>();

    @TempDir
    private static Path dir;

    private static Path yaml;
    private static Path bundle;
    private static Path crl;
    private static Path jwks;

    private final TestClock clock = new TestClock(NOW);
    private final Alarms alarms = new Alarms(clock, whose -> {});
    private final TestReloader.Told told = new TestReloader.Told();
    private final TrustPolicies policies = new TrustPolicies();
    private final List<String> heard = new ArrayList<>();
    private final ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor();
    private @Nullable TestReloader reloader;

    @BeforeAll
    static void mint() throws IOException {
        DevCerts certs = DevCerts.in(dir, AT_FIRST);
        certs.issue(NodeRange.of("alpha", 1, 1), NodeRange.of("beta", 1, 1));
        bundle = dir.resolve("alpha/ca.pem");
        crl = dir.resolve("alpha/crl.pem");
        jwks = dir.resolve("alpha/jwks.json");
        yaml = dir.resolve("own.yaml");
        Files.writeString(crl, certs.namespace("alpha").issuer().revocationList());
        Files.writeString(
                yaml,
                Files.readString(certs.configuration()).replace("  alpha:\n", "  alpha:\n    crl: alpha/crl.pem\n"));
        for (Path file : List.of(yaml, bundle, crl, jwks, dir.resolve("beta/jwks.json"))) {
            good.put(file, Files.readString(file));
        }
    }

    @BeforeEach
    void allFilesAreGood() throws IOException {
        putBack();
        policies.onServed(name -> heard.add("serve " + name), name -> heard.add("drop " + name));
    }

    @AfterEach
    void stop() {
        if (reloader != null) {
            reloader.close();
        }
        background.shutdownNow();
    }

    private void start(String... options) {
        Map<String, String> said = options.length == 0 ? Map.of() : Map.of(options[0], options[1]);
        ConfigSource source = new ConfigSource(yaml, said);
        ReloadReports reports = new ReloadReports(alarms, told);
        TrustPolicyLoader loader =
                new TrustPolicyLoader(policies, clock, alarms, IdentityListener.NOBODY, background, background);
        TrustPolicyReload reload = TrustPolicyReload.begin(source.read().identity(), loader, policies, reports, clock);
        reloader = new TestReloader(source, reports, reload);
    }

    private static void putBack() throws IOException {
        for (Map.Entry<Path, String> file : good.entrySet()) {
            Files.deleteIfExists(file.getKey());
            Files.writeString(file.getKey(), file.getValue());
        }
    }

    private Optional<Alarm> alarm(Matter matter) {
        return alarms.all().stream()
                .filter(alarm -> alarm.subject().matter() == matter)
                .findFirst();
    }

    private List<String> heard() {
        List<String> all = List.copyOf(heard);
        heard.clear();
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void aBadFileOfAlphas_atTheStart_leavesAlphaUnserved_untilItIsGood(BadFile bad) throws IOException {
        bad.in(bundle, crl, jwks);
        start();
        assertThat(policies.served()).containsExactly(BETA);
        assertThat(heard()).containsExactly("serve beta");
        assertThat(alarms.all()).singleElement().satisfies(alarm -> {
            assertThat(alarm.subject()).isEqualTo(Subject.of(Matter.TRUST_POLICY, ALPHA));
            assertThat(alarm.consequence()).startsWith("it is not served");
            assertThat(alarm.remedy()).contains(bad.complaint());
        });
        reloader.look();
        assertThat(policies.served()).containsExactly(BETA);
        assertThat(told.events)
                .filteredOn(event -> event.startsWith("TRUST_POLICY"))
                .as("told once, however often it is tried")
                .singleElement()
                .asString()
                .startsWith("TRUST_POLICY refused: ");

        putBack();
        reloader.look();
        assertThat(policies.served()).containsExactly(ALPHA, BETA);
        assertThat(heard()).containsExactly("serve alpha");
        assertThat(alarms.all()).isEmpty();
        assertThat(told.events).last().isEqualTo("TRUST_POLICY taken");
    }

    @ParameterizedTest
    @EnumSource
    void i3_aBadFileOfAlphas_later_leavesTheOldInForce(BadFile bad) throws IOException {
        start();
        bad.in(bundle, crl, jwks);
        reloader.look();
        assertThat(policies.served()).containsExactly(ALPHA, BETA);
        assertThat(policies.usedKeys(ALPHA)).isEqualTo(1);
        assertThat(alarms.all()).singleElement().satisfies(alarm -> {
            assertThat(alarm.subject()).isEqualTo(Subject.of(Matter.TRUST_POLICY, ALPHA));
            assertThat(alarm.consequence()).startsWith("the previous ones all stay in force");
            assertThat(alarm.remedy()).contains(bad.complaint());
        });
        putBack();
        reloader.look();
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void aDevelopmentCa_refusesTheStart_unlessItIsAccepted_andIsAnAlarmLater() throws IOException {
        assertThatThrownBy(() -> start("dev", "false"))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("is a development CA; use the namespace's own, or start with --dev");

        Files.writeString(bundle, BadFile.endedAuthority() + good.get(bundle));
        assertThatThrownBy(() -> start("dev", "false")).isInstanceOf(StartRefusedException.class);

        Files.writeString(jwks, "no key set");
        assertThatThrownBy(() -> start("dev", "false")).isInstanceOf(StartRefusedException.class);

        putBack();
        start();
        Files.writeString(yaml, good.get(yaml).replace("dev: true", "dev: false"));
        reloader.look();
        reloader.look();
        assertThat(alarm(Matter.TRUST_POLICY).orElseThrow().remedy()).contains("is a development CA");
    }

    @Test
    void anEndedCa_besideAGoodOne_isAnAlarm_andKeepsNothingOut_atTheStartAndLater() throws IOException {
        Files.writeString(bundle, BadFile.endedAuthority() + good.get(bundle));
        start();
        assertThat(policies.served()).containsExactly(ALPHA, BETA);
        assertThat(alarms.all()).singleElement().satisfies(alarm -> {
            assertThat(alarm.subject()).isEqualTo(Subject.of(Matter.CA_ENDED, ALPHA));
            assertThat(alarm.what()).contains("CN=Rollcall development CA ended", "on 2001-01-01T00:00:00Z");
        });
        putBack();
        reloader.look();
        assertThat(alarms.all()).isEmpty();

        Files.writeString(bundle, good.get(bundle) + BadFile.endedAuthority());
        reloader.look();
        assertThat(alarms.all()).extracting(Alarm::subject).containsExactly(Subject.of(Matter.CA_ENDED, ALPHA));
        assertThat(told.events).last().isEqualTo("TRUST_POLICY taken");
    }

    @Test
    void aCaThatEndsWhileInForce_isAnAlarm_alsoWhereItIsTheLast() throws IOException {
        CertificateIssuer second = CertificateIssuer.selfSigned(
                CertificateSpec.authority("second").validity(NOW, NOW.plus(Duration.ofDays(5))), clock);
        Files.writeString(bundle, good.get(bundle) + second.credential().certificatePem());
        start();
        assertThat(alarms.all()).isEmpty();

        clock.advance(Duration.ofDays(5));
        reloader.look();
        assertThat(alarm(Matter.CA_ENDED)).as("its last second is not over").isEmpty();
        clock.advance(Duration.ofSeconds(1));
        reloader.look();
        assertThat(alarm(Matter.CA_ENDED).orElseThrow().what())
                .contains("second")
                .doesNotContain("alpha");

        clock.advance(Duration.ofDays(100_000));
        reloader.look();
        assertThat(alarms.all())
                .extracting(Alarm::subject)
                .contains(Subject.of(Matter.CA_ENDED, ALPHA), Subject.of(Matter.CA_ENDED, BETA));
        assertThat(policies.served()).as("what is in force stays so").containsExactly(ALPHA, BETA);
    }

    @Test
    void whereNoNamespaceCanBeServed_anAlarmSaysSo_untilOneIs() throws IOException {
        BadFile.MISSING_KEY_SET.in(bundle, crl, jwks);
        Files.writeString(yaml, good.get(yaml).replace("beta/ca.pem", "none.pem"));
        start();
        assertThat(policies.served()).isEmpty();
        assertThat(alarm(Matter.NOTHING_SERVED).orElseThrow().remedy()).contains("[alpha, beta]");

        putBack();
        reloader.look();
        reloader.look();
        assertThat(policies.served()).containsExactly(ALPHA, BETA);
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void namespaces_comeAndGo_andTheOthersAreLeftAlone() throws IOException {
        start();
        heard();
        String withoutBeta = good.get(yaml).substring(0, good.get(yaml).indexOf("  beta:\n"));
        Files.writeString(yaml, withoutBeta);
        reloader.look();
        reloader.look();
        assertThat(heard()).containsExactly("drop beta");
        Files.writeString(dir.resolve("beta/jwks.json"), "{\"keys\":[]}");
        reloader.look();
        assertThat(heard()).as("nobody looks at the files of one that is gone").isEmpty();

        putBack();
        reloader.look();
        reloader.look();
        assertThat(heard()).containsExactly("serve beta");
        assertThat(policies.served()).containsExactly(ALPHA, BETA);
    }

    @Test
    void theAlarmsOfANamespaceThatIsGone_areOver() throws IOException {
        Files.writeString(bundle, good.get(bundle) + BadFile.endedAuthority());
        start();
        Files.writeString(jwks, "");
        reloader.look();
        assertThat(alarms.about(Optional.of(ALPHA))).hasSize(2);
        String text = good.get(yaml);
        Files.writeString(
                yaml, text.substring(0, text.indexOf("  alpha:\n")) + text.substring(text.indexOf("  beta:\n")));
        reloader.look();
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void aSettingOfAll_isTakenByAll_andOneOfANamespaceByThatAlone() throws IOException {
        start();
        heard();
        Files.writeString(yaml, "jwks-refresh: 2m\n" + good.get(yaml));
        reloader.look();
        reloader.look();
        assertThat(heard()).containsExactly("serve alpha", "serve beta");

        Files.writeString(yaml, "jwks-refresh: 2m\n" + good.get(yaml).replace("    crl: alpha/crl.pem\n", ""));
        reloader.look();
        reloader.look();
        assertThat(heard()).containsExactly("serve alpha");
    }

    @Test
    void sighup_takesAll_changedOrNot() {
        start();
        heard();
        reloader.hangUp();
        assertThat(heard()).containsExactly("serve alpha", "serve beta");
    }

    @Test
    void aRevocationListThatIsOutOfDate_isAnAlarm() {
        start();
        assertThat(alarms.all()).isEmpty();
        clock.advance(Duration.ofDays(100_000));
        reloader.look();
        assertThat(alarm(Matter.REVOCATION_LIST).orElseThrow().subject().namespace())
                .hasValue(ALPHA);
        assertThat(policies.served()).contains(ALPHA);
    }

    /** Its tokens are refused until there are keys. */
    @Test
    void whoseKeysCannotBeFetchedYet_isServed_underAnAlarm_atTheStartAndLater() throws IOException {
        String unreachable = good.get(yaml).replace("jwks: alpha/jwks.json", "jwks: https://localhost:1/keys");
        Files.writeString(yaml, unreachable);
        start();
        assertThat(policies.served()).containsExactly(ALPHA, BETA);
        await().untilAsserted(() -> assertThat(alarms.all())
                .extracting(Alarm::subject)
                .containsExactly(Subject.of(Matter.TOKEN_KEYS, ALPHA)));
        assertThat(policies.usedKeys(ALPHA)).isZero();

        Files.writeString(
                yaml, unreachable.substring(0, unreachable.indexOf("  beta:\n")).replace("  alpha:\n", "  gamma:\n"));
        reloader.look();
        reloader.look();
        assertThat(policies.served()).containsExactly(new NamespaceName("gamma"));
        await().untilAsserted(() -> assertThat(alarms.all())
                .extracting(Alarm::subject)
                .containsExactly(Subject.of(Matter.TOKEN_KEYS, new NamespaceName("gamma"))));
    }

    @Test
    void aNamespaceThatCannotBeServed_isNotLetIn() {
        policies.onServed(
                name -> {
                    throw new IllegalStateException("planted");
                },
                name -> {});
        start();
        assertThat(policies.served()).isEmpty();
        policies.onServed(name -> {}, name -> {});
        reloader.look();
        assertThat(policies.served()).containsExactly(ALPHA, BETA);
    }
}
