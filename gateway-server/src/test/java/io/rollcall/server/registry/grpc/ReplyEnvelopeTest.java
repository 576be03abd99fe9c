package io.rollcall.server.registry.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import io.rollcall.server.registry.Branches;
import io.rollcall.server.registry.DecidedNamespace;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.v1.GatewayProto;
import io.rollcall.v1.GetLeaderResponse;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.WatchNodesResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every reply says of which state it tells, each in the fields that it has. */
class ReplyEnvelopeTest {
    private final ReplyEnvelope envelope = new ReplyEnvelope("the-registry");

    /** Node 1 registered, and reported itself for term 7; all of it under branch 99. */
    private static NamespaceState state() {
        DecidedNamespace alpha = new DecidedNamespace();
        alpha.register(1, 11);
        alpha.report(1, 11, 1, 7);
        return at(alpha.state(), alpha.state().revision());
    }

    private static NamespaceState at(NamespaceState state, long revision) {
        return NamespaceState.of(
                revision,
                state.bootstrap(),
                state.leader(),
                state.nodes(),
                state.endedSessions(),
                Branches.of(List.of(new Branches.Branch(99, 1))));
    }

    @Test
    void everyReplyOfTheGateway_saysIt_inAllTheFieldsThatItHas() {
        NamespaceState state = state();
        Map<String, Object> expected = Map.of(
                "revision",
                state.revision(),
                "epoch",
                state.bootstrap().epoch(),
                "registry_id",
                "the-registry",
                "branch",
                99L,
                "registry_version",
                (int) state.revision(),
                "term",
                7L);
        assertThat(state.revision()).isPositive();
        for (MethodDescriptor method :
                GatewayProto.getDescriptor().findServiceByName("GatewayService").getMethods()) {
            DynamicMessage reply = envelope.on(DynamicMessage.newBuilder(method.getOutputType()), state)
                    .build();
            Map<String, Object> present = new HashMap<>(expected);
            present.keySet().removeIf(name -> method.getOutputType().findFieldByName(name) == null);
            Map<String, Object> said = new HashMap<>();
            for (Map.Entry<FieldDescriptor, Object> field : reply.getAllFields().entrySet()) {
                said.put(field.getKey().getName(), field.getValue());
            }
            assertThat(said).as(method.getName()).isEqualTo(present).containsKey("branch");
        }
    }

    @Test
    void theOlderField_isHeldAtTheLargestNumber() {
        assertThat(version(Integer.MAX_VALUE - 1L)).isEqualTo(Integer.MAX_VALUE - 1);
        assertThat(version(Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
        assertThat(version(Integer.MAX_VALUE + 1L)).isEqualTo(Integer.MAX_VALUE);
        assertThat(version(1L << 40)).isEqualTo(Integer.MAX_VALUE);
    }

    private int version(long revision) {
        GetLeaderResponse reply = envelope.on(GetLeaderResponse.newBuilder(), at(state(), revision))
                .build();
        assertThat(reply.getRevision()).isEqualTo(revision);
        return reply.getRegistryVersion();
    }

    @Test
    void aWatchMessage_saysIt_ofARevisionThatIsPast() {
        WatchNodesResponse message =
                envelope.at(WatchNodesResponse.newBuilder(), 3, 2, 5).build();
        assertThat(message)
                .isEqualTo(WatchNodesResponse.newBuilder()
                        .setRevision(3)
                        .setEpoch(2)
                        .setRegistryId("the-registry")
                        .setBranch(5)
                        .build());
    }

    @Test
    void whatIsNoReply_isRefusedAsADefect() {
        assertThatThrownBy(() -> envelope.on(NodeInfo.newBuilder(), state()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("rollcall.v1.NodeInfo has no field epoch");
    }
}
