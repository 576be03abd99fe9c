package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rollcall.devcerts.Member;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sockets until the process has no file descriptor left: one alarm, no stack trace, nothing else blamed, and it is over
 * when they are gone. Planted bugs: no log filter (two stack traces a second); files blamed that could not be opened for
 * want of descriptors ("does it exist?"); an alarm that nobody clears.
 */
class OpenFilesIT {
    private static final String ALARM = "Alarms gateway: too many files are open in this process";
    private static final int LIMIT = 260;

    /** Each listener tries once a second. */
    private static final Duration SECONDS_OF_ERRORS = Duration.ofMillis(1_500);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private static Stream<String> printed(GatewayProcess gateway, String part) {
        return gateway.process().lines().stream().filter(line -> line.contains(part));
    }

    private static void connect(List<Socket> sockets, int port, int howMany) throws IOException {
        for (int i = 0; i < howMany; i++) {
            sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
        }
    }

    @Test
    void areOneAlarm_blameNoFile_andPass() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (GatewayProcess gateway = GatewayProcess.startBy(
                List.of("prlimit", "--nofile=" + LIMIT + ":" + LIMIT), dir, "--handshake-timeout", "2m")) {
            Member member = gateway.certs().namespace("alpha").node(1);
            try (MemberChannel early = new MemberChannel(gateway, member.credential(), member.token())) {
                assertThat(Calling.refusal(early.channel())).isEmpty();
                connect(sockets, gateway.port(), LIMIT);
                await().atMost(PATIENCE)
                        .until(() -> printed(gateway, ALARM).findAny().isPresent());
                connect(sockets, URI.create(gateway.console()).getPort(), 5); // the other listener fails, too
                gateway.process().hangUp();
                await().atMost(PATIENCE)
                        .until(() ->
                                printed(gateway, "SIGHUP: reading").findAny().isPresent());
                assertThat(Calling.refusal(early.channel()))
                        .as("what is open goes on")
                        .isEmpty();
                await().pollDelay(SECONDS_OF_ERRORS).until(() -> true);
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
            await().atMost(PATIENCE).until(() -> printed(gateway, "all is well again (before: too many files")
                    .findAny()
                    .isPresent());
            await().atMost(PATIENCE).until(() -> printed(
                            gateway, "beta: the current trust bundle, revocation list and token keys are in force")
                    .findAny()
                    .isPresent());
            try (MemberChannel late = new MemberChannel(gateway, member.credential(), member.token())) {
                assertThat(Calling.refusal(late.channel())).isEmpty();
            }
            assertThat(printed(gateway, ALARM)).hasSize(1);
            assertThat(gateway.process().lines())
                    .noneMatch(line -> line.startsWith("\tat "))
                    .noneMatch(line -> line.contains("does it exist"))
                    .noneMatch(line -> line.contains("cannot be used"))
                    .noneMatch(line -> line.contains("Too many open files"));
        }
    }
}
