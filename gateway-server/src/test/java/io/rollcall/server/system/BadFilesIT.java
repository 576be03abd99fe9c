package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.Member;
import io.rollcall.devcerts.NodeRange;
import io.rollcall.server.testing.BadFile;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.RegisterNodeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A namespace for each way in which its files may be bad when the gateway starts, and beta, whose files are good: the
 * gateway starts, beta is served throughout, and each of the others as soon as its files are good, with its nodes of
 * before.
 */
@Timeout(120)
class BadFilesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String BETA = "beta";
    /** Has an ended CA beside a good one: served, under an alarm. */
    private static final String BESIDE = "beside";

    /** Has members, and stands in no configuration. */
    private static final String UNKNOWN = "unknown";

    @TempDir
    private Path dir;

    private final Map<Path, byte[]> good = new LinkedHashMap<>();
    private final List<NodeRange> ranges = new ArrayList<>();
    private DevCerts certs;
    private Path own;
    private Path yaml;

    private void copyFiles(List<String> names) throws IOException {
        certs = DevCerts.in(dir.resolve("certs"));
        names.forEach(name -> ranges.add(NodeRange.of(name, 1, name.equals(BETA) ? 2 : 1)));
        ranges.add(NodeRange.of(UNKNOWN, 1, 1));
        certs.issue(ranges);
        own = Files.createDirectory(dir.resolve("own"));
        String issued = Files.readString(certs.configuration());
        StringBuilder text = new StringBuilder(
                        issued.substring(0, issued.indexOf("namespaces:\n")).replace("gateway/", "../certs/gateway/"))
                .append("namespaces:\n");
        for (String name : names) {
            DevNamespace namespace = certs.namespace(name);
            Path folder = Files.createDirectory(own.resolve(name));
            for (String file : List.of("ca.pem", "jwks.json")) {
                Files.copy(certs.dir().resolve(name).resolve(file), folder.resolve(file));
            }
            Files.writeString(folder.resolve("crl.pem"), namespace.issuer().revocationList());
            for (String file : List.of("ca.pem", "jwks.json", "crl.pem")) {
                good.put(folder.resolve(file), Files.readAllBytes(folder.resolve(file)));
            }
            text.append("""
                      %1$s:
                        trust-bundle: %1$s/ca.pem
                        crl: %1$s/crl.pem
                        jwks: %1$s/jwks.json
                        issuer: %2$s
                    """.formatted(name, namespace.name().issuer()));
        }
        yaml = Files.writeString(own.resolve("gateway.yaml"), text);
    }

    private GatewayProcess start() throws IOException {
        return GatewayProcess.start(dir, ranges, "--config", yaml.toString());
    }

    private void spoil(BadFile bad) throws IOException {
        Path folder = own.resolve(bad.namespace());
        bad.in(folder.resolve("ca.pem"), folder.resolve("crl.pem"), folder.resolve("jwks.json"));
    }

    private void mend() throws IOException {
        for (Map.Entry<Path, byte[]> file : good.entrySet()) {
            if (Files.isDirectory(file.getKey())) {
                Files.delete(file.getKey());
            }
            Path beside = file.getKey().resolveSibling("new");
            Files.write(beside, file.getValue());
            Files.move(beside, file.getKey(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private MemberChannel channel(GatewayProcess gateway, String namespace) throws IOException {
        Member member = certs.namespace(namespace).node(1);
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    private String register(GatewayProcess gateway, String namespace) throws Exception {
        try (MemberChannel channel = channel(gateway, namespace)) {
            return GatewayServiceGrpc.newBlockingStub(channel.channel())
                    .registerNode(RegisterNodeRequest.newBuilder()
                            .setNodeId(1)
                            .setIpAddress("10.0.0.1")
                            .setPort(5000)
                            .build())
                    .getStatus();
        }
    }

    private String refusal(GatewayProcess gateway, String namespace) throws Exception {
        try (MemberChannel channel = channel(gateway, namespace)) {
            return Calling.refusal(channel.channel());
        }
    }

    private static String alarm(String matter, String namespace) {
        return "rollcall_alarm{matter=\"" + matter + "\",namespace=\"" + namespace + "\"} 1.0";
    }

    @Test
    void eachBadFile_atTheStart_leavesItsNamespaceUnserved_untilItIsGood_andBetaServed() throws Exception {
        List<String> names = new ArrayList<>(List.of(BETA, BESIDE));
        for (BadFile bad : BadFile.values()) {
            names.add(bad.namespace());
        }
        copyFiles(names);
        try (GatewayProcess gateway = start()) {
            for (BadFile bad : BadFile.values()) {
                assertThat(register(gateway, bad.namespace())).isEqualTo("registered");
            }
            assertThat(gateway.process().terminate()).isZero();
        }
        for (BadFile bad : BadFile.values()) {
            spoil(bad);
        }
        Path bundle = own.resolve(BESIDE).resolve("ca.pem");
        Files.writeString(bundle, BadFile.endedAuthority() + Files.readString(bundle));

        try (GatewayProcess gateway = start();
                LongLivedClient beta =
                        new LongLivedClient(gateway, certs.namespace(BETA).node(2), 2)) {
            ConsoleHttp console = new ConsoleHttp(gateway);
            assertThat(console.signIn("admin", gateway.consolePassword())).isEqualTo(303);
            String page = console.page("/");
            String metrics = ConsoleHttp.scrape(gateway);
            for (BadFile bad : BadFile.values()) {
                assertRefused(gateway, bad, metrics, page);
            }
            assertThat(register(gateway, BESIDE)).isEqualTo("registered");
            assertThat(metrics)
                    .contains(alarm("ca_ended", BESIDE))
                    .doesNotContain(alarm("trust_policy", BESIDE), alarm("nothing_served", "gateway"));
            beta.assertUndisturbed();

            mend();

            for (BadFile bad : BadFile.values()) {
                await(bad.name()).atMost(PATIENCE).until(() -> refusal(gateway, bad.namespace())
                        .isEmpty());
                assertServedWithItsNode(gateway, bad.namespace());
            }
            await().untilAsserted(() -> assertThat(ConsoleHttp.scrape(gateway)).doesNotContain("rollcall_alarm{"));
            beta.assertUndisturbed();
        }
    }

    private void assertRefused(GatewayProcess gateway, BadFile bad, String metrics, String page) throws Exception {
        assertThat(refusal(gateway, bad.namespace()))
                .as("as where no such namespace is known")
                .isEqualTo(refusal(gateway, UNKNOWN))
                .startsWith("UNAVAILABLE");
        assertThat(metrics).contains(alarm("trust_policy", bad.namespace()));
        assertThat(gateway.process().lines())
                .anySatisfy(line -> assertThat(line).contains(" WARN ", bad.namespace() + ": ", bad.complaint()));
        assertThat(page).contains(bad.namespace() + ": ");
    }

    /** The session of before goes on: a heartbeat is enough. */
    private void assertServedWithItsNode(GatewayProcess gateway, String namespace) throws Exception {
        try (MemberChannel channel = channel(gateway, namespace)) {
            var stub = GatewayServiceGrpc.newBlockingStub(channel.channel());
            assertThat(stub.getNodes(GetNodesRequest.getDefaultInstance()).getNodesList())
                    .extracting(NodeInfo::getNodeId)
                    .containsExactly(1);
            var unused =
                    stub.heartbeat(HeartbeatRequest.newBuilder().setNodeId(1).build());
        }
    }

    @Test
    void withNoNamespaceToServe_theGatewayIsReady_andSaysSo() throws Exception {
        copyFiles(List.of(BETA));
        Files.delete(own.resolve(BETA).resolve("ca.pem"));
        try (GatewayProcess gateway = start()) {
            assertThat(ConsoleHttp.scrape(gateway))
                    .contains(alarm("nothing_served", "gateway"), alarm("trust_policy", BETA));
            mend();
            await().untilAsserted(() -> assertThat(ConsoleHttp.scrape(gateway)).doesNotContain("rollcall_alarm{"));
            assertThat(register(gateway, BETA)).isEqualTo("registered");
        }
    }
}
