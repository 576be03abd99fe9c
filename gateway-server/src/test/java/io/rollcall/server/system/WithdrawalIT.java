package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rollcall.devcerts.Member;
import io.rollcall.server.system.LongLivedClient.Ending;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * I2: what is withdrawn stops working within 5 s of being written: on new, resumed and open connections and streams.
 */
@Tag("alone")
@Timeout(180)
class WithdrawalIT {
    private static final Duration PROMISED = Duration.ofSeconds(5);
    private static final String WITHDRAWN = "UNAUTHENTICATED CREDENTIAL_WITHDRAWN";

    @TempDir
    private Path dir;

    /** What is taken from alpha's node 1. */
    enum Taken {
        CA_OUT_OF_THE_BUNDLE {
            @Override
            void from(Tenancy files) throws Exception {
                Tenancy.write(files.bundle, Tenancy.newAuthority().credential().certificatePem());
            }
        },
        CERTIFICATE_ON_THE_CRL {
            @Override
            void from(Tenancy files) throws Exception {
                Tenancy.write(
                        files.crl,
                        files.alpha
                                .issuer()
                                .revocationList(files.alpha.node(1).credential().certificate()));
            }
        },
        KEY_OUT_OF_THE_JWKS {
            @Override
            void from(Tenancy files) throws Exception {
                Tenancy.write(files.jwks, Tenancy.EMPTY_KEY_SET);
            }
        },
        ALL_KEYS_BUT_ONES_OF_OTHER_KINDS {
            @Override
            void from(Tenancy files) throws Exception {
                Tenancy.write(files.jwks, Tenancy.keySet(Tenancy.OTHER_KINDS));
            }
        },
        NAMESPACE_GONE {
            @Override
            void from(Tenancy files) throws Exception {
                Tenancy.write(files.yaml, files.withoutAlpha());
            }
        };

        abstract void from(Tenancy files) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void i2_whatIsWithdrawn_endsWithinFiveSeconds_everywhere_andNobodyElseNotices(Taken taken) throws Exception {
        Tenancy files = new Tenancy(dir);
        try (GatewayProcess gateway = files.start(dir);
                LongLivedClient victim = new LongLivedClient(gateway, files.alpha.node(1), 1);
                LongLivedClient sibling = new LongLivedClient(gateway, files.alpha.node(2), 2);
                LongLivedClient foreign = new LongLivedClient(gateway, files.beta.node(1), 1)) {
            Map<String, TlsClient> clients = new LinkedHashMap<>();
            for (String protocol : List.of("-tls1_2", "-tls1_3")) {
                TlsClient client = new TlsClient(gateway.port(), protocol);
                clients.put(protocol, client);
                assertThat(client.connect(files.alpha.nodeDirectory(1), session(protocol)))
                        .contains("New, TLSv1")
                        .doesNotContain("alert");
            }

            taken.from(files);
            long written = System.nanoTime();
            String refused = await().pollInterval(Duration.ofMillis(20))
                    .atMost(Duration.ofSeconds(30))
                    .until(victim::callRefused, how -> !how.isEmpty());
            long callRefused = System.nanoTime();
            // The connection is closed at once, so the call may have met a new handshake.
            assertThat(refused).isIn(WITHDRAWN, "UNAVAILABLE", "UNAUTHENTICATED TOKEN_FOREIGN");

            boolean isCertificate =
                    taken != Taken.KEY_OUT_OF_THE_JWKS && taken != Taken.ALL_KEYS_BUT_ONES_OF_OTHER_KINDS;
            List<CompletableFuture<Ending>> due = isCertificate ? victim.endings() : victim.streamEndings();
            long last = callRefused;
            for (CompletableFuture<Ending> ending : due) {
                Ending how = ending.get(30, TimeUnit.SECONDS);
                assertThat(how.reason()).isIn(WITHDRAWN, "closed");
                last = Math.max(last, how.atNanos());
            }
            Duration took = Duration.ofNanos(last - written);
            System.out.printf(
                    "I2 %s: the open connection was refused after %d ms, everything after %d ms%n",
                    taken, Duration.ofNanos(callRefused - written).toMillis(), took.toMillis());
            assertThat(took).isLessThanOrEqualTo(PROMISED);

            assertThat(newConnection(gateway, files.alpha.node(1))).isNotEmpty();
            for (Map.Entry<String, TlsClient> client : clients.entrySet()) {
                Path session = session(client.getKey());
                assertThat(client.getValue().resume(session))
                        .doesNotContain("Reused,")
                        .contains("alert");
                if (isCertificate) {
                    assertThat(client.getValue().connect(files.alpha.nodeDirectory(1), session))
                            .contains("alert");
                }
            }
            assertThat(victim.callRefused()).as("it stays so").isNotEmpty();
            if (taken == Taken.ALL_KEYS_BUT_ONES_OF_OTHER_KINDS) {
                await().untilAsserted(() -> assertThat(ConsoleHttp.scrape(gateway))
                        .contains("rollcall_alarm{matter=\"key_set\",namespace=\"alpha\"} 1.0"));
                await().untilAsserted(
                                () -> assertThat(gateway.process().lines()).anySatisfy(line -> assertThat(line)
                                        .contains(" WARN ", "alpha: no key of its key set can be used", "kty 'AKP'")));
            }
            foreign.assertUndisturbed();
            if (taken == Taken.CERTIFICATE_ON_THE_CRL) {
                sibling.assertUndisturbed();
            }
        }
    }

    private Path session(String protocol) {
        return dir.resolve("session" + protocol);
    }

    private static String newConnection(GatewayProcess gateway, Member member) throws Exception {
        try (MemberChannel channel = new MemberChannel(gateway, member.credential(), member.token())) {
            return Calling.refusal(channel.channel());
        }
    }

    @Test
    void aNamespaceThatComesBack_hasItsNodesAgain_andTheirFullTime() throws Exception {
        Tenancy files = new Tenancy(dir);
        String both = Files.readString(files.yaml);
        // Longer than a withdrawal takes, and than a channel that was refused pauses before it connects again.
        String[] times = {"--heartbeat-interval", "1s", "--suspect-after", "10s", "--node-timeout", "10s"};
        try (GatewayProcess gateway = files.start(dir, times);
                MemberChannel admin = operator(gateway, files)) {
            try (LongLivedClient node = new LongLivedClient(gateway, files.alpha.node(3), 3)) {
                Tenancy.write(files.yaml, files.withoutAlpha());
                for (CompletableFuture<Ending> ending : node.streamEndings()) {
                    assertThat(ending.get(30, TimeUnit.SECONDS).reason()).isEqualTo(WITHDRAWN);
                }
            }
            Duration longerThanItsTimeout = Duration.ofSeconds(11);
            await().pollDelay(longerThanItsTimeout)
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> true);
            Tenancy.write(files.yaml, both);

            await().pollInterval(Duration.ofMillis(50))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> Calling.refusal(admin.channel()).isEmpty());
            assertThat(Calling.activeNodes(admin.channel())).isEqualTo(1);
        }
    }

    private static MemberChannel operator(GatewayProcess gateway, Tenancy files) throws Exception {
        Member operator = files.alpha.operator();
        return new MemberChannel(gateway, operator.credential(), operator.token());
    }

    @Test
    void i2_twoWithdrawalsAtOnce_reachEverybody() throws Exception {
        Tenancy files = new Tenancy(dir);
        try (GatewayProcess gateway = files.start(dir)) {
            List<LongLivedClient> all = new ArrayList<>();
            try {
                for (int node = 1; node <= 5; node++) {
                    all.add(new LongLivedClient(gateway, files.alpha.node(node), node));
                }
                Taken.CERTIFICATE_ON_THE_CRL.from(files);
                Tenancy.write(files.jwks, Tenancy.EMPTY_KEY_SET);
                long written = System.nanoTime();
                for (LongLivedClient client : all) {
                    for (CompletableFuture<Ending> ending : client.streamEndings()) {
                        assertThat(Duration.ofNanos(
                                        ending.get(30, TimeUnit.SECONDS).atNanos() - written))
                                .isLessThanOrEqualTo(PROMISED);
                    }
                }
            } finally {
                for (LongLivedClient client : all) {
                    client.close();
                }
            }
        }
    }
}
