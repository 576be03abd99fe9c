package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.NodeRange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line against the real gateway. The tests use different nodes and namespaces. */
class CommandLineIT {
    private static final int DONE = 0;
    private static final int REFUSED = 1;
    private static final int USAGE = 2;
    private static final int UNREACHED = 3;
    private static final int CREDENTIALS = 4;
    private static final int NONE = 5;
    private static final int TO_MEND = 6;

    @TempDir
    private static Path dir;

    private static GatewayProcess gateway;

    @BeforeAll
    static void start() throws Exception {
        gateway = GatewayProcess.start(
                dir,
                Stream.of("alpha:1-5", "beta:1-2", "gamma:1-2")
                        .map(NodeRange::parse)
                        .toList(),
                "--heartbeat-interval",
                "1s");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Path node(String namespace, int id) {
        return gateway.certs().namespace(namespace).nodeDirectory(id);
    }

    private static Path operator(String namespace) {
        return gateway.certs().dir().resolve(namespace).resolve("operator-admin");
    }

    /** Runs it to its end. */
    private static List<String> run(int exitCode, Path credentials, String... arguments) throws InterruptedException {
        try (ChildProcess command = gateway.commandLine(credentials, arguments)) {
            assertThat(command.exitCode()).as("%s", command.lines()).isEqualTo(exitCode);
            return command.lines();
        }
    }

    private static String text(int exitCode, Path credentials, String... arguments) throws InterruptedException {
        return String.join("\n", run(exitCode, credentials, arguments));
    }

    @Test
    void aNodeJoins_leads_isSeen_andIsRemoved() throws Exception {
        Path one = node("alpha", 1);
        assertThat(text(NONE, one, "leader")).isEqualTo("no leader is known");
        assertThat(text(USAGE, one, "report-leader", "1")).contains("node 1 is not registered");
        try (ChildProcess watch = gateway.commandLine(node("alpha", 2), "watch", "--json", "--count", "3");
                ChildProcess join = gateway.commandLine(
                        one, "join", "--node-id", "1", "--ip", "10.0.0.1", "--metadata", "zone=a")) {
            watch.awaitLine("{\"event\":\"snapshot\"");
            join.awaitLine("node 1 is registered in epoch 1: found the cluster");
            join.awaitLine("registered until interrupted");
            assertThat(run(DONE, one, "nodes"))
                    .hasSize(2)
                    .last()
                    .asString()
                    .contains("leader", "active", "10.0.0.1:5000", "raft,gossip,test");
            assertThat(text(DONE, one, "nodes", "--json"))
                    .contains("\"node\":1", "\"zone\":\"a\"", "\"is_leader\":true");
            assertThat(text(DONE, one, "report-leader", "1", "--term", "3")).startsWith("accepted");
            assertThat(text(DONE, node("alpha", 2), "leader")).isEqualTo("node 1 at 10.0.0.1:5000, term 3");
            assertThat(text(REFUSED, one, "report-leader", "1", "--term", "2")).startsWith("refused: ");
            assertThat(text(DONE, one, "stats"))
                    .contains("1 (1 active, 0 of them suspected; 0 failed)", "leader      node 1");
            assertThat(text(TO_MEND, one, "doctor", "--register")).contains("MEND  registration: node 1 is live");

            assertThat(text(REFUSED, node("alpha", 2), "remove", "1")).contains("PERMISSION_DENIED");
            assertThat(text(DONE, operator("alpha"), "remove", "1")).isEqualTo("node 1 is removed");
            assertThat(join.exitCode()).as("removed").isEqualTo(REFUSED);
            assertThat(text(NONE, operator("alpha"), "remove", "1")).isEqualTo("there is no node 1");
            assertThat(watch.exitCode()).isEqualTo(DONE);
            assertThat(watch.lines())
                    .filteredOn(line -> line.startsWith("{\"event\":\"node\""))
                    .hasSize(1);
        }
    }

    @Test
    void anInterruptedJoin_leaves() throws Exception {
        try (ChildProcess join = gateway.commandLine(node("beta", 1), "join", "--json")) {
            join.awaitLine("{\"event\":\"registered\",\"node\":1,\"bootstrap\":true");
            assertThat(run(DONE, node("beta", 2), "nodes")).hasSize(2);
            join.terminate();
            assertThat(run(DONE, node("beta", 2), "nodes"))
                    .as("only the header")
                    .hasSize(1);
        }
    }

    @Test
    void anOperatorResetsTheBootstrap_andNobodyElse() throws Exception {
        assertThat(text(REFUSED, node("alpha", 3), "reset-bootstrap", "--reason", "a trial"))
                .contains("PERMISSION_DENIED");
        assertThat(text(USAGE, operator("alpha"), "reset-bootstrap")).contains("--reason");
        assertThat(text(DONE, operator("alpha"), "reset-bootstrap", "--reason", "a trial", "--force", "--json"))
                .contains("\"epoch\":");
    }

    @Test
    void doctor_findsNothing_whereAllIsWell() throws Exception {
        assertThat(text(TO_MEND, node("gamma", 1), "doctor", "--register"))
                .contains("MEND  registration: the cluster is not founded yet");
        try (ChildProcess founder = gateway.commandLine(node("gamma", 2), "join")) {
            founder.awaitLine("registered until interrupted");
            assertThat(text(DONE, node("gamma", 2), "report-leader", "2", "--term", "1"))
                    .startsWith("accepted");
            List<String> steps = run(DONE, node("gamma", 1), "doctor", "--register");
            assertThat(steps).hasSize(8).allSatisfy(step -> assertThat(step).startsWith("ok    "));
            assertThat(steps).last().asString().contains("node 1 was registered in epoch");
            assertThat(run(DONE, node("gamma", 2), "nodes"))
                    .as("the header and the founder")
                    .hasSize(2);
        }
    }

    @Test
    void whatIsWrong_isNamed_byEachCommand_andByDoctor(@TempDir Path other) throws Exception {
        DevCerts strangers = DevCerts.in(other.resolve("certs"));
        strangers.issue(NodeRange.parse("alpha:4-4"));
        Path stranger = copyOf(strangers.dir().resolve("alpha/node-4"), other.resolve("stranger"));
        Files.copy(gateway.certs().dir().resolve("gateway/ca.pem"), stranger.resolve("ca.pem"));
        String refused = "gateway " + gateway.target() + " refuses " + stranger.resolve("cert.pem");
        assertThat(text(CREDENTIALS, stranger, "nodes")).contains(refused);
        assertThat(text(TO_MEND, stranger, "doctor")).contains("MEND  TLS: " + refused);

        Path deceived = copyOf(node("alpha", 4), other.resolve("deceived"));
        Path ca = deceived.resolve("ca.pem");
        Files.copy(strangers.dir().resolve("gateway/ca.pem"), ca);
        String untrusted = ca + " does not hold that CA";
        assertThat(text(CREDENTIALS, deceived, "nodes"))
                .contains("gateway " + gateway.target() + " shows a certificate of CA '", untrusted);
        assertThat(text(TO_MEND, deceived, "doctor")).contains("MEND  TLS: ", untrusted);

        Path mixed = copyOf(node("alpha", 4), other.resolve("mixed"));
        Files.copy(gateway.certs().dir().resolve("gateway/ca.pem"), mixed.resolve("ca.pem"));
        Files.delete(mixed.resolve("token.jwt"));
        Files.copy(node("alpha", 5).resolve("token.jwt"), mixed.resolve("token.jwt"));
        assertThat(text(CREDENTIALS, mixed, "nodes")).contains("UNAUTHENTICATED");
        assertThat(text(TO_MEND, mixed, "doctor")).contains("MEND  permission: ", "UNAUTHENTICATED");
        Files.delete(mixed.resolve("key.pem"));
        assertThat(text(CREDENTIALS, mixed, "nodes"))
                .contains(mixed.resolve("key.pem").toString());
        assertThat(text(TO_MEND, mixed, "doctor"))
                .contains("MEND  files: ", mixed.resolve("key.pem").toString());

        Path well = node("alpha", 4);
        assertThat(text(UNREACHED, well, "nodes", "--target", "127.0.0.1:1"))
                .contains("gateway 127.0.0.1:1: ", "refused");
        assertThat(text(TO_MEND, well, "doctor", "--target", "127.0.0.1:1")).contains("MEND  connection: 127.0.0.1:1");
        assertThat(text(UNREACHED, well, "nodes", "--target", "nowhere.invalid"))
                .contains("nowhere.invalid");
        assertThat(text(TO_MEND, well, "doctor", "--target", "nowhere.invalid"))
                .contains("MEND  name: nowhere.invalid");
        assertThat(text(USAGE, well, "nodes", "--tarbet", "x")).contains("--tarbet", "--help");
        assertThat(text(USAGE, well, "join", "--node-id", "5")).contains("--node-id: 5 (expected: 4");
    }

    private static Path copyOf(Path from, Path to) throws Exception {
        Files.createDirectories(to);
        for (String name : List.of("cert.pem", "key.pem", "token.jwt")) {
            Files.copy(from.resolve(name), to.resolve(name));
        }
        return to;
    }

    @Test
    void help_namesTheExitCodes_andTheVersionIsTheJars_andCompletionIsAScript() throws Exception {
        assertThat(text(DONE, dir, "--help")).contains("the gateway refused the call", "reset-bootstrap", "doctor");
        assertThat(text(DONE, dir, "--version")).matches("rollcall [0-9]+\\.[0-9]+\\..*");
        assertThat(text(DONE, dir, "completion")).contains("complete -F");
    }
}
