package io.rollcall.server.system;

import static io.rollcall.server.system.NodeCalls.beat;
import static io.rollcall.server.system.NodeCalls.node;
import static io.rollcall.server.system.NodeCalls.register;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rollcall.v1.SessionEnd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two machines with the same certificate, each supervised: whoever learns that it was replaced starts anew, and displaces
 * the other. Seen red with nobody told of the displaced session's heartbeat.
 */
class DuplicateNodesIT {
    private static final String SAID = "alpha: two processes register in turns as node 1 (10.0.0.1:5000)";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    @Test
    void areTold_inTheLog_onTheConsole_andInTheMetrics_andANodeThatRestartsIsNot() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir);
                MemberChannel first = node(gateway, 1);
                MemberChannel second = node(gateway, 1);
                MemberChannel restarting = node(gateway, 2)) {
            for (long restart = 1; restart <= 10; restart++) {
                register(restarting, 2, 100 + restart);
                beat(restarting, 2, 100 + restart);
            }
            register(first, 1, 1);
            List<MemberChannel> inTurns = List.of(second, first);
            for (int displaced = 1; displaced <= 3; displaced++) {
                register(inTurns.get((displaced + 1) % 2), 1, displaced + 1);
                assertThat(beat(inTurns.get(displaced % 2), 1, displaced).getEnded())
                        .isEqualTo(SessionEnd.REPLACED);
            }
            await().atMost(PATIENCE)
                    .until(() -> gateway.process().lines().stream().anyMatch(line -> line.contains(SAID)));
            assertThat(ConsoleHttp.scrape(gateway))
                    .contains("rollcall_alarm{matter=\"duplicate_node\",namespace=\"alpha\"} 1")
                    .doesNotContain("rollcall_alarm{matter=\"duplicate_node\",namespace=\"beta\"}");
            ConsoleHttp console = new ConsoleHttp(gateway);
            assertThat(console.signIn("admin", gateway.consolePassword())).isEqualTo(303);
            assertThat(console.page("/api/v1/namespaces/alpha"))
                    .contains("two processes register in turns as node 1 (10.0.0.1:5000)")
                    .contains("find the second machine with this node's certificate")
                    .doesNotContain("as node 2");
            assertThat(console.page("/api/v1/namespaces/beta")).doesNotContain("two processes");
        }
    }
}
