package io.rollcall.server.system;

import static io.rollcall.server.system.NodeCalls.listed;
import static io.rollcall.server.system.NodeCalls.node;
import static io.rollcall.server.system.NodeCalls.register;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.rollcall.server.FailingGateway;
import io.rollcall.server.FailingGateway.How;
import io.rollcall.v1.GatewayServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thread that stands still ends the real gateway; a pause of the process, a slow store and a full disk do not. */
@Tag("alone")
@Timeout(300)
class WatchdogIT {
    private static final String REAL_LIMIT = "30";

    @TempDir
    private Path dir;

    private GatewayProcess failing(String limit, String thread, How how) throws IOException {
        return GatewayProcess.startFailing(
                dir,
                List.of("-XX:+ExitOnOutOfMemoryError"),
                Map.of(
                        FailingGateway.THREAD,
                        thread,
                        FailingGateway.HOW,
                        how.name(),
                        FailingGateway.WHEN,
                        dir.resolve("fail").toString(),
                        FailingGateway.LIMIT,
                        limit));
    }

    private static ServingStatus health(MemberChannel channel) {
        return HealthGrpc.newBlockingStub(channel.channel())
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
    }

    @Test
    void d1_aThreadThatStandsStill_isAnAlarm_thenTheProcessEnds() throws Exception {
        standsStill("gateway-reload");
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"lease-sweeper", "gateway-credentials", "gateway-timers"})
    void d1_aThreadThatStandsStill_isAnAlarm_thenTheProcessEnds_whicheverItIs(String thread) throws Exception {
        standsStill(thread);
    }

    private void standsStill(String thread) throws Exception {
        try (GatewayProcess gateway = failing("3", thread, How.HANGS);
                MemberChannel one = node(gateway, 1)) {
            register(one, 1, 1);
            ConsoleProbes probes = new ConsoleProbes(gateway);
            assertThat(probes.live()).isEqualTo("200 ok");
            assertThat(health(one)).isEqualTo(ServingStatus.SERVING);
            Files.createFile(dir.resolve("fail"));
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> health(one) == ServingStatus.NOT_SERVING);
            assertThat(probes.live()).isEqualTo("503 not live");
            assertThat(probes.ready()).isEqualTo("503 not ready");
            assertThatThrownBy(() -> GatewayServiceGrpc.newBlockingStub(one.channel())
                            .healthCheck(io.rollcall.v1.HealthCheckRequest.getDefaultInstance()))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            refused -> assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
            assertThat(gateway.process().exitCode()).isEqualTo(1);
            await().untilAsserted(() -> assertThat(gateway.process().lines())
                    .anyMatch(line ->
                            line.contains("WARN  Alarms gateway: its thread " + thread + " has not come round for 3 s"))
                    .anyMatch(line -> line.contains("FailingGateway.sleep"))); // where it stands
        }
        Files.delete(dir.resolve("fail"));
        try (GatewayProcess again = GatewayProcess.start(dir);
                MemberChannel one = node(again, 1)) {
            assertThat(listed(one)).contains(1);
        }
    }

    /** In seconds: of the watchdog's limit, and how long each disturbance lasts. */
    @Test
    void d3_aPause_aSlowStore_andAFullDisk_endNothing() throws Exception {
        disturb("3", 4);
    }

    @Tag("long")
    @Test
    void d3_aPauseOfAMinute_aSlowStore_andADiskFullForAMinute_endNothing() throws Exception {
        disturb(REAL_LIMIT, 60);
    }

    private void disturb(String limit, int seconds) throws Exception {
        try (SmallDisk disk = new SmallDisk(dir.resolve("data"), "12m");
                GatewayProcess gateway = failing(limit, "nobody", How.SLOW_STORE);
                MemberChannel one = node(gateway, 1);
                MemberChannel two = node(gateway, 2);
                MemberChannel three = node(gateway, 3)) {
            register(one, 1, 1);
            gateway.process().stop();
            Thread.sleep(Duration.ofSeconds(seconds).toMillis());
            gateway.process().resume();
            assertThat(listed(one)).containsExactly(1);

            disk.fill();
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThatThrownBy(() -> register(two, 2, 2))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            refused -> assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE)));
            Thread.sleep(Duration.ofSeconds(seconds).toMillis());
            assertThat(gateway.process().isAlive()).isTrue();
            assertThat(health(one)).isEqualTo(ServingStatus.SERVING);
            disk.free();
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
                    .until(() -> {
                        register(two, 2, 2);
                        return true;
                    });

            Files.createFile(dir.resolve("fail"));
            register(three, 3, 3); // takes five seconds
            assertThat(listed(one)).containsExactly(1, 2, 3);
            assertThat(health(one)).isEqualTo(ServingStatus.SERVING);
            assertThat(gateway.process().isAlive()).isTrue();
            assertThat(gateway.process().lines()).noneMatch(line -> line.contains("has not come round"));
        }
    }
}
