package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.rollcall.devcerts.Member;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node in the field: it knows no package, no incarnation, no term, only the table of field numbers, written down here
 * once more and shared with nobody. All it was given anew is its channel's credentials.
 */
class OlderClientIT {
    private static final String TABLE = """
            NodeInfo: node_id int32 1, ip_address string 2, port int32 3, capabilities strings 4, status string 5, \
            last_seen double 6, join_timestamp double 7, metadata map 8
            RegisterNodeRequest: node_id int32 1, ip_address string 2, port int32 3, capabilities strings 4, metadata map 5
            RegisterNodeResponse: status string 1, node_id int32 2, is_bootstrap bool 3, registry_version int32 4, \
            nodes infos 5, leader info 6, message string 7
            GetNodesRequest: requesting_node_id int32 1
            GetNodesResponse: nodes infos 1, registry_version int32 2
            GetLeaderRequest:
            GetLeaderResponse: leader info 1, registry_version int32 2, message string 3
            UpdateLeaderRequest: leader_id int32 1
            UpdateLeaderResponse: status string 1, leader_id int32 2, message string 3
            HeartbeatRequest: node_id int32 1
            HeartbeatResponse: status string 1, registry_version int32 2
            HealthCheckRequest:
            HealthCheckResponse: status string 1, timestamp double 2, version string 3
            RemoveNodeRequest: node_id int32 1
            RemoveNodeResponse: status string 1, node_id int32 2, message string 3
            GetStatsRequest:
            GetStatsResponse: total_nodes int32 1, active_nodes int32 2, leader_id int32 3, registry_version int32 4, \
            bootstrap_initiated bool 5, uptime double 6
            """;

    private static final FileDescriptor WIRE = wire();

    @Test
    void anOlderClient_livesItsWholeLife_underTheBareServiceName(@TempDir Path dir) throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(dir);
                MemberChannel first = channel(gateway, 1);
                MemberChannel second = channel(gateway, 2)) {
            Channel one = first.channel();
            Channel two = second.channel();

            assertThat(call(one, "HealthCheck", Map.of())).containsEntry("status", "healthy");
            assertThat(call(one, "Heartbeat", Map.of("node_id", 1))).containsEntry("status", "not_found");

            Map<String, Object> founder = call(one, "RegisterNode", node(1));
            assertThat(founder)
                    .containsEntry("status", "registered")
                    .containsEntry("node_id", 1)
                    .containsEntry("is_bootstrap", true)
                    .containsEntry("nodes", List.of());
            Map<String, Object> joiner = call(two, "RegisterNode", node(2));
            assertThat(joiner).containsEntry("is_bootstrap", false);
            assertThat(nodeIds(joiner)).containsExactly(1);
            assertThat((DynamicMessage) joiner.get("leader"))
                    .satisfies(leader -> assertThat(read(leader)).containsEntry("node_id", 1));
            assertThat(call(two, "RegisterNode", node(2))).containsEntry("status", "updated");

            assertThat(call(two, "Heartbeat", Map.of("node_id", 2))).containsEntry("status", "acknowledged");
            assertThat(call(two, "UpdateLeader", Map.of("leader_id", 2)))
                    .containsEntry("status", "updated")
                    .containsEntry("leader_id", 2);
            assertThat(read((DynamicMessage) call(one, "GetLeader", Map.of()).get("leader")))
                    .containsEntry("node_id", 2)
                    .containsEntry("ip_address", "10.0.0.2")
                    .containsEntry("status", "active");

            assertThat(nodeIds(call(one, "GetNodes", Map.of("requesting_node_id", 0))))
                    .containsExactly(1, 2);
            assertThat(nodeIds(call(one, "GetNodes", Map.of("requesting_node_id", 1))))
                    .containsExactly(2);
            assertThat(call(one, "GetStats", Map.of()))
                    .containsEntry("total_nodes", 2)
                    .containsEntry("active_nodes", 2)
                    .containsEntry("leader_id", 2)
                    .containsEntry("bootstrap_initiated", true);

            assertThat(call(two, "RemoveNode", Map.of("node_id", 2))).containsEntry("status", "removed");
            assertThat(call(two, "RemoveNode", Map.of("node_id", 2))).containsEntry("status", "not_found");
            assertThat(call(two, "Heartbeat", Map.of("node_id", 2))).containsEntry("status", "not_found");
            assertThat(call(one, "GetStats", Map.of()))
                    .containsEntry("total_nodes", 1)
                    .containsEntry("leader_id", 0);
        }
    }

    private static MemberChannel channel(GatewayProcess gateway, int node) throws Exception {
        Member member = gateway.certs().namespace("alpha").node(node);
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    private static Map<String, Object> node(int id) {
        return Map.of("node_id", id, "ip_address", "10.0.0." + id, "port", 5000, "capabilities", List.of("raft"));
    }

    private static List<Integer> nodeIds(Map<String, Object> reply) {
        return ((List<?>) reply.get("nodes"))
                .stream()
                        .map(node -> (Integer) read((DynamicMessage) node).get("node_id"))
                        .toList();
    }

    private static Map<String, Object> call(Channel channel, String method, Map<String, Object> fields) {
        DynamicMessage.Builder request = DynamicMessage.newBuilder(WIRE.findMessageTypeByName(method + "Request"));
        Descriptor type = request.getDescriptorForType();
        fields.forEach((name, value) -> request.setField(type.findFieldByName(name), value));
        DynamicMessage response = DynamicMessage.getDefaultInstance(WIRE.findMessageTypeByName(method + "Response"));
        MethodDescriptor<DynamicMessage, DynamicMessage> descriptor =
                MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                        .setType(MethodType.UNARY)
                        .setFullMethodName("GatewayService/" + method)
                        .setRequestMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(type)))
                        .setResponseMarshaller(ProtoUtils.marshaller(response))
                        .build();
        return read(ClientCalls.blockingUnaryCall(channel, descriptor, CallOptions.DEFAULT, request.build()));
    }

    private static Map<String, Object> read(DynamicMessage message) {
        Map<String, Object> fields = new HashMap<>();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            fields.put(field.getName(), message.getField(field));
        }
        return fields;
    }

    private static FileDescriptor wire() {
        FileDescriptorProto.Builder file =
                FileDescriptorProto.newBuilder().setName("older.proto").setSyntax("proto3");
        TABLE.lines().forEach(line -> file.addMessageType(message(line)));
        try {
            return FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]);
        } catch (DescriptorValidationException e) {
            throw new AssertionError(e);
        }
    }

    private static DescriptorProto message(String line) {
        String[] parts = line.split(":", 2);
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(parts[0]);
        for (String field :
                parts[1].isBlank() ? new String[0] : parts[1].strip().split(", ")) {
            String[] words = field.strip().split(" ");
            message.addField(field(message, words[0], words[1], Integer.parseInt(words[2])));
        }
        return message.build();
    }

    private static FieldDescriptorProto field(DescriptorProto.Builder owner, String name, String type, int number) {
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(Label.LABEL_OPTIONAL);
        switch (type) {
            case "int32" -> field.setType(Type.TYPE_INT32);
            case "bool" -> field.setType(Type.TYPE_BOOL);
            case "double" -> field.setType(Type.TYPE_DOUBLE);
            case "string" -> field.setType(Type.TYPE_STRING);
            case "strings" -> field.setType(Type.TYPE_STRING).setLabel(Label.LABEL_REPEATED);
            case "info" -> field.setType(Type.TYPE_MESSAGE).setTypeName("NodeInfo");
            case "infos" ->
                field.setType(Type.TYPE_MESSAGE).setTypeName("NodeInfo").setLabel(Label.LABEL_REPEATED);
            case "map" -> {
                owner.addNestedType(DescriptorProto.newBuilder()
                        .setName("MetadataEntry")
                        .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                        .addField(field(owner, "key", "string", 1))
                        .addField(field(owner, "value", "string", 2)));
                field.setType(Type.TYPE_MESSAGE)
                        .setTypeName(owner.getName() + ".MetadataEntry")
                        .setLabel(Label.LABEL_REPEATED);
            }
            default -> throw new AssertionError(type);
        }
        return field.build();
    }
}
