package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rollcall.devcerts.CertificateIssuer;
import io.rollcall.devcerts.CertificateSpec;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.Member;
import io.rollcall.devcerts.TokenIssuer;
import io.rollcall.server.system.LongLivedClient.Ending;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Alpha's token keys are behind an https address, which another program serves well or badly; beta's are in a file, and
 * beta's node does not notice any of it.
 *
 * <p>Planted bugs: the last good keys hold for ever; an empty key set is taken for an outage; one key of another kind is;
 * the CA of a namespace not asked.
 */
@Timeout(120)
class FetchedKeysIT {
    private static final Duration REFRESH = Duration.ofSeconds(1);
    private static final Duration TOLERANCE = Duration.ofSeconds(8);
    private static final Duration PROMISED = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String WITHDRAWN = "UNAUTHENTICATED CREDENTIAL_WITHDRAWN";
    private static final String UNAVAILABLE = "UNAVAILABLE KEYS_UNAVAILABLE";
    private static final String KEYS_ALARM = "rollcall_alarm{matter=\"token_keys\",namespace=\"alpha\"} 1.0";

    @TempDir
    private static Path dir;

    private static Tenancy files;
    private static KeyServer keys;
    private static GatewayProcess gateway;
    private static ConsoleHttp console;
    private static String yaml;
    private static LongLivedClient foreign;
    private static TokenIssuer first;
    private static TokenIssuer second;

    @BeforeAll
    static void start() throws Exception {
        files = new Tenancy(dir);
        first = files.alpha.tokens();
        second = TokenIssuer.create(files.alpha.name(), Clock.systemUTC());
        CertificateIssuer authority = Tenancy.newAuthority("keys");
        keys = new KeyServer(authority.certificate(CertificateSpec.server("CN=keys")));
        yaml = "jwks-refresh: 1s\njwks-outage-tolerance: 8s\n"
                + files.good(files.yaml).replace("jwks: alpha/jwks.json", "jwks: " + keys.address());
        Tenancy.write(files.yaml, yaml);
        keys.serve(keySet(first));
        gateway = GatewayProcess.start(
                dir,
                KeyServer.believing(authority.authority(), dir.resolve("trusted.p12")),
                "--config",
                files.yaml.toString());
        console = new ConsoleHttp(gateway);
        assertThat(console.signIn("admin", gateway.consolePassword())).isEqualTo(303);
        foreign = new LongLivedClient(gateway, files.beta.node(1), 1);
    }

    @AfterAll
    static void stop() throws Exception {
        foreign.close();
        gateway.close();
        keys.close();
    }

    @BeforeEach
    void allIsWell() throws Exception {
        Tenancy.write(files.yaml, yaml);
        keys.serve(keySet(first));
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(refusal(files.alpha.node(3))).isEmpty();
            assertThat(ConsoleHttp.scrape(gateway)).doesNotContain("rollcall_alarm{");
        });
    }

    @AfterEach
    void anotherTenant_doesNotNotice() throws Exception {
        foreign.assertUndisturbed();
    }

    private static String keySet(TokenIssuer... issuers) {
        return Tenancy.keySet(Stream.of(issuers)
                .map(issuer -> issuer.publicKey().toJSONString())
                .toArray(String[]::new));
    }

    /** A node of alpha's whose token this issuer signed. */
    private static Member node(int id, TokenIssuer issuer) {
        Credential credential = files.alpha.node(id).credential();
        return new Member(credential, issuer.token(issuer.specFor(credential.certificate())));
    }

    /** Empty: a new connection of this member works. */
    private static String refusal(Member member) throws Exception {
        try (MemberChannel channel = new MemberChannel(gateway, member.credential(), member.token())) {
            return Calling.refusal(channel.channel());
        }
    }

    /** Waits for the ends of the streams that need a token. @return when the last of them ended */
    private static long awaitEnd(LongLivedClient client, String reason) throws Exception {
        long last = Long.MIN_VALUE;
        for (CompletableFuture<Ending> ending : client.tokenStreamEndings()) {
            Ending how = ending.get(30, TimeUnit.SECONDS);
            assertThat(how.reason()).isEqualTo(reason);
            last = Math.max(last, how.atNanos());
        }
        return last;
    }

    @Test
    void i2_aKeyThatIsGoneThere_isWithdrawn_withinTheRefreshAndFiveSeconds_andTheOthersGoOn() throws Exception {
        Member holder = node(2, second);
        assertThat(refusal(holder)).isEqualTo("UNAUTHENTICATED TOKEN_FOREIGN");
        keys.serve(keySet(first, second));
        await().until(() -> refusal(holder).isEmpty());
        try (LongLivedClient sibling = new LongLivedClient(gateway, files.alpha.node(1), 1);
                LongLivedClient victim = new LongLivedClient(gateway, holder, 2)) {
            keys.serve(keySet(first));
            long gone = System.nanoTime();
            assertThat(Duration.ofNanos(awaitEnd(victim, WITHDRAWN) - gone))
                    .isLessThanOrEqualTo(REFRESH.plus(PROMISED));
            assertThat(victim.callRefused()).isNotEmpty();
            assertThat(refusal(holder)).isEqualTo("UNAUTHENTICATED TOKEN_FOREIGN");
            sibling.assertUndisturbed();
        }
    }

    @Test
    void i2_aKeyThatIsGone_whileKeysOfOtherKindsCome_isWithdrawn() throws Exception {
        keys.serve(keySet(first, second));
        Member holder = node(2, second);
        await().until(() -> refusal(holder).isEmpty());
        try (LongLivedClient sibling = new LongLivedClient(gateway, files.alpha.node(1), 1);
                LongLivedClient victim = new LongLivedClient(gateway, holder, 2)) {
            keys.serve(Tenancy.keySet(Tenancy.OTHER_KINDS, first.publicKey().toJSONString()));
            long gone = System.nanoTime();
            assertThat(Duration.ofNanos(awaitEnd(victim, WITHDRAWN) - gone))
                    .isLessThanOrEqualTo(REFRESH.plus(PROMISED));
            assertThat(refusal(holder)).isEqualTo("UNAUTHENTICATED TOKEN_FOREIGN");
            sibling.assertUndisturbed();
            assertThat(ConsoleHttp.scrape(gateway))
                    .contains("rollcall_token_keys_passed_over{namespace=\"alpha\"} 3.0")
                    .doesNotContain("rollcall_alarm{");
        }
    }

    @Test
    void i2_anEmptyKeySet_isAWithdrawal() throws Exception {
        try (LongLivedClient victim = new LongLivedClient(gateway, files.alpha.node(1), 1)) {
            keys.serve(Tenancy.EMPTY_KEY_SET);
            long gone = System.nanoTime();
            assertThat(Duration.ofNanos(awaitEnd(victim, WITHDRAWN) - gone))
                    .isLessThanOrEqualTo(REFRESH.plus(PROMISED));
            assertThat(refusal(files.alpha.node(1))).isEqualTo("UNAUTHENTICATED TOKEN_FOREIGN");
            assertThat(ConsoleHttp.scrape(gateway)).doesNotContain("rollcall_alarm{");
        }
    }

    @Test
    void i2_onSighup_keysAreFetchedAtOnce() throws Exception {
        AuditLines audit = new AuditLines(gateway.dataDir());
        int before = audit.all().size();
        Tenancy.write(files.yaml, yaml.replace("jwks-refresh: 1s", "jwks-refresh: 1h"));
        audit.await(
                "configuration",
                line -> line.path("seq").asInt() > before
                        && line.path("namespace").asText().equals("alpha"));
        try (LongLivedClient victim = new LongLivedClient(gateway, files.alpha.node(1), 1)) {
            keys.serve(Tenancy.EMPTY_KEY_SET);
            gateway.process().hangUp();
            long asked = System.nanoTime();
            assertThat(Duration.ofNanos(awaitEnd(victim, WITHDRAWN) - asked)).isLessThanOrEqualTo(PROMISED);
        }
    }

    /** How an address may be down. */
    enum Down {
        SERVER_ERROR {
            @Override
            void at(KeyServer keys) {
                keys.fail(500);
            }
        },
        NO_KEY_SET {
            @Override
            void at(KeyServer keys) {
                keys.serve("<html>Please sign in</html>");
            }
        };

        abstract void at(KeyServer keys);
    }

    @ParameterizedTest
    @EnumSource
    void i3_whileTheAddressIsDown_theLastKeysHoldForAWhile_andThenNobodyPasses(Down down) throws Exception {
        try (LongLivedClient node = new LongLivedClient(gateway, files.alpha.node(1), 1)) {
            down.at(keys);
            await().untilAsserted(() -> assertThat(ConsoleHttp.scrape(gateway)).contains(KEYS_ALARM));
            node.assertUndisturbed();
            assertThat(console.page("/")).contains("its token keys cannot be fetched");
            // Logged a moment after the alarm is there.
            await().untilAsserted(() -> assertThat(gateway.process().lines()).anySatisfy(line -> assertThat(line)
                    .contains(" WARN ", "alpha: its token keys cannot be fetched")));

            await().atMost(TOLERANCE.plus(PROMISED)).until(() -> refusal(files.alpha.node(3)), UNAVAILABLE::equals);
            var unused = awaitEnd(node, UNAVAILABLE);
            await().during(Duration.ofSeconds(1)).until(() -> refusal(files.alpha.node(3)), UNAVAILABLE::equals);
            assertThat(node.callRefused()).isEqualTo(UNAVAILABLE);
            assertThat(refusal(node(2, second))).isEqualTo(UNAVAILABLE);
        }
        keys.serve(keySet(first));
        await().until(() -> refusal(files.alpha.node(3)).isEmpty());
        // The keys are in force a moment before the alarm is over.
        await().untilAsserted(() -> assertThat(ConsoleHttp.scrape(gateway)).doesNotContain(KEYS_ALARM));
        assertThat(console.page("/")).doesNotContain("its token keys cannot be fetched");
    }

    /** In the same order each time they are equal, in another they are no less so. */
    @Test
    void theSameKeysInAnotherOrder_areNoChange() throws Exception {
        AuditLines audit = new AuditLines(gateway.dataDir());
        int earlier = audit.all().size();
        keys.serve(keySet(first, second));
        await().until(() -> refusal(node(2, second)).isEmpty());
        audit.await(
                "configuration",
                line -> line.path("seq").asInt() > earlier
                        && line.path("what").asText().equals("token_keys")); // noted a moment after it is in force
        keys.awaitFetches(1); // one at a time, so all that earlier ones brought is noted
        try (LongLivedClient node = new LongLivedClient(gateway, node(2, second), 2)) {
            int before = audit.of("configuration").size(); // its registration took the notes along
            keys.serve(keySet(second, first));
            keys.awaitFetches(2);
            node.assertUndisturbed();
            assertThat(audit.of("configuration")).hasSize(before);
        }
    }

    @Test
    void aPrivateCa_vouchesForTheServer_whereTheNamespaceNamesIt_andNoOther() throws Exception {
        CertificateIssuer own = Tenancy.newAuthority("own");
        CertificateIssuer stranger = Tenancy.newAuthority("stranger");
        Path ca = files.certs.dir().resolve("keys-ca.pem");
        Files.writeString(ca, stranger.credential().certificatePem());
        try (KeyServer privately = new KeyServer(own.certificate(CertificateSpec.server("CN=keys")));
                LongLivedClient node = new LongLivedClient(gateway, files.alpha.node(1), 1)) {
            privately.serve(keySet(first, second));
            Tenancy.write(
                    files.yaml,
                    yaml.replace(
                            "jwks: " + keys.address(), "jwks: " + privately.address() + "\n    jwks-ca: keys-ca.pem"));
            awaitTrustPolicyAlarm("no CA in " + ca + " vouches for its server");
            assertThat(refusal(node(2, second))).isEqualTo("UNAUTHENTICATED TOKEN_FOREIGN");

            Tenancy.write(ca, "no certificate");
            awaitTrustPolicyAlarm("jwks-ca of alpha: " + ca);

            Tenancy.write(ca, own.credential().certificatePem());
            await().until(() -> refusal(node(2, second)).isEmpty());
            await().untilAsserted(() -> assertThat(ConsoleHttp.scrape(gateway)).doesNotContain("rollcall_alarm{"));
            node.assertUndisturbed();

            Tenancy.write(ca, stranger.credential().certificatePem());
            awaitTrustPolicyAlarm("no CA in " + ca + " vouches for its server");
            node.assertUndisturbed();
        }
    }

    private static void awaitTrustPolicyAlarm(String why) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(ConsoleHttp.scrape(gateway))
                    .contains("rollcall_alarm{matter=\"trust_policy\",namespace=\"alpha\"} 1.0");
            assertThat(console.page("/")).contains(why);
        });
    }

    @Test
    void i3_anAddressWhoseServerNobodyVouchesFor_isNotTaken() throws Exception {
        CertificateIssuer stranger = Tenancy.newAuthority("stranger");
        try (KeyServer impostor = new KeyServer(stranger.certificate(CertificateSpec.server("CN=keys")));
                LongLivedClient node = new LongLivedClient(gateway, files.alpha.node(1), 1)) {
            impostor.serve(keySet(second));
            Tenancy.write(files.yaml, yaml.replace(keys.address(), impostor.address()));
            await().untilAsserted(() -> assertThat(ConsoleHttp.scrape(gateway))
                    .contains("rollcall_alarm{matter=\"trust_policy\",namespace=\"alpha\"} 1.0"));
            assertThat(console.page("/")).contains(impostor.address());
            assertThat(refusal(node(2, second))).isEqualTo("UNAUTHENTICATED TOKEN_FOREIGN");
            node.assertUndisturbed();
        }
    }
}
