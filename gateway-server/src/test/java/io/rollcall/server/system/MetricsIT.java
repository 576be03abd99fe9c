package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rollcall.devcerts.Member;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.RegisterNodeRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scraper finds after a node was busy, in the real process. */
@Tag("quick")
class MetricsIT {
    @TempDir
    private Path dir;

    @Test
    void callsAndNamespaces_areToBeFound_andSoAreCallsOfMethodsThatAreNotServed() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir)) {
            Member member = gateway.certs().namespace("alpha").node(1);
            try (MemberChannel channel = new MemberChannel(gateway, member.credential(), member.token());
                    MemberChannel noToken = new MemberChannel(gateway, member.credential(), null)) {
                GatewayServiceBlockingStub stub = GatewayServiceGrpc.newBlockingStub(channel.channel());
                stub.registerNode(RegisterNodeRequest.newBuilder()
                        .setNodeId(1)
                        .setIpAddress("10.0.0.1")
                        .setPort(5000)
                        .setIncarnation(11)
                        .build());
                HeartbeatRequest beat = HeartbeatRequest.newBuilder()
                        .setNodeId(1)
                        .setIncarnation(11)
                        .build();
                for (int i = 0; i < 3; i++) {
                    assertThat(stub.heartbeat(beat).getStatus()).isEqualTo("acknowledged");
                }
                assertThatThrownBy(() -> GatewayServiceGrpc.newBlockingStub(noToken.channel())
                                .heartbeat(beat))
                        .isInstanceOf(StatusRuntimeException.class);
                ServedMethods.Served register =
                        ServedMethods.of(channel.channel()).get(0);
                ServedMethods.Served nothing = new ServedMethods.Served("no.Such/Method", register.descriptor());
                assertThat(AnyCall.begin(channel.channel(), nothing, nothing.emptyRequest())
                                .code())
                        .isEqualTo(Status.Code.UNIMPLEMENTED);
            }
            // Calls are counted a moment after their answers are here.
            await().untilAsserted(() -> assertThat(ConsoleHttp.scrape(gateway))
                    .contains("rollcall_calls_total{code=\"OK\",method=\"rollcall.v1.GatewayService/Heartbeat\"} 3.0")
                    .contains("rollcall_calls_total{code=\"UNAUTHENTICATED\","
                            + "method=\"rollcall.v1.GatewayService/Heartbeat\"} 1.0")
                    .contains("rollcall_calls_total{code=\"UNIMPLEMENTED\",method=\"unknown\"} 1.0")
                    .contains("rollcall_nodes_active{namespace=\"alpha\"} 1.0")
                    .contains("rollcall_nodes_active{namespace=\"beta\"} 0.0")
                    .contains("rollcall_refusals_total{reason=\"TOKEN_MISSING\"} 1.0")
                    .contains("rollcall_refusals_total{reason=\"METHOD_UNKNOWN\"} 1.0")
                    .contains("rollcall_refusals_total{reason=\"NOT_PERMITTED\"} 0.0")
                    .contains("rollcall_store_writable 1.0")
                    .contains("rollcall_audit_writable 1.0")
                    .contains("rollcall_audit_lost 0.0")
                    .contains("rollcall_token_verifications_total 1.0")
                    .contains("rollcall_call_duration_seconds_count{method=\"rollcall.v1.GatewayService/Heartbeat\"} 4")
                    .contains("jvm_memory_used_bytes")
                    .doesNotContain("no.Such"));
        }
    }
}
