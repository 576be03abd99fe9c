package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.rollcall.client.GatewayClient;
import io.rollcall.client.GatewayException;
import io.rollcall.client.NodeCredentials;
import io.rollcall.client.NodeDescription;
import io.rollcall.client.NodeSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** docs/identity.md says how to bring one's own CA and issuer: those very commands make what the gateway takes. */
@Timeout(300)
class IdentityDocumentIT {
    private static final Path DOCUMENT = Path.of("docs/identity.md");
    private static final Pattern TARGET = Pattern.compile("nodes (\\S+),");

    @TempDir
    private Path dir;

    /** Planted bugs, in the document: a thumbprint of the PEM file, another kid, no digitalSignature, no -revoke. */
    @Test
    void i2_theCommands_makeANodeThatRegisters_untilItIsRevoked() throws Exception {
        Path own = Files.createDirectory(dir.resolve("own"));
        run("sh", own);
        try (ChildProcess gateway = GatewayProcess.run(List.of(
                "--config",
                own.resolve("gateway.yaml").toString(),
                "--data-dir",
                dir.resolve("data").toString(),
                "--port",
                "0",
                "--console-port",
                "0"))) {
            String target = TARGET.matcher(gateway.awaitLine("Gateway ready:"))
                    .results()
                    .map(found -> found.group(1))
                    .collect(Collectors.joining());
            try (GatewayClient client = GatewayClient.builder()
                            .target(target)
                            .credentials(NodeCredentials.fromDirectory(own.resolve("alpha/node-1")))
                            .build();
                    NodeSession session = client.register(NodeDescription.of("10.0.0.7", 5000))) {
                assertThat(session.nodeId()).isEqualTo(1);
                assertThat(session.isBootstrap()).isTrue();

                run("sh revoke", own);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> catchThrowableOfType(GatewayException.class, client::nodes) != null);
                await().untilAsserted(() ->
                        assertThat(gateway.lines()).anyMatch(line -> line.contains("alpha/node/1 is disconnected: ")));
            }
        }
    }

    /** Runs all blocks of the document that are marked so, as one script. */
    private static void run(String mark, Path directory) throws IOException, InterruptedException {
        String script = Pattern.compile("^```" + mark + "\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(Files.readString(DOCUMENT))
                .results()
                .map((MatchResult block) -> block.group(1))
                .collect(Collectors.joining());
        Process shell = new ProcessBuilder("sh", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(script + said).isZero();
    }
}
