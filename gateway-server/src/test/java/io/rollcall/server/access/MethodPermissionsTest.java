package io.rollcall.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.rollcall.server.testing.EchoService;
import io.rollcall.v1.GatewayProto;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.Permission;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MethodPermissionsTest {
    private final MethodPermissions permissions = new MethodPermissions();

    private static MethodDescriptor<?, ?> method(String fullName) {
        return GatewayServiceGrpc.getHeartbeatMethod().toBuilder()
                .setFullMethodName(fullName)
                .build();
    }

    @Test
    void everyMethodOfTheGateway_declaresItsPermission() {
        assertThat(GatewayProto.getDescriptor()
                        .findServiceByName("GatewayService")
                        .getMethods())
                .allSatisfy(declared -> assertThat(declared.getOptions().getExtension(GatewayProto.permission))
                        .as(declared.getName())
                        .isNotIn(Permission.PERMISSION_UNSPECIFIED, Permission.UNRECOGNIZED));
    }

    @Test
    void aMethodThatDeclaresNone_stopsTheConstruction() throws Exception {
        FileDescriptor file = FileDescriptor.buildFrom(
                FileDescriptorProto.newBuilder()
                        .setName("made-up.proto")
                        .setPackage("made.up")
                        .addMessageType(DescriptorProto.newBuilder().setName("M"))
                        .addService(ServiceDescriptorProto.newBuilder()
                                .setName("S")
                                .addMethod(MethodDescriptorProto.newBuilder()
                                        .setName("Forgotten")
                                        .setInputType("M")
                                        .setOutputType("M")))
                        .build(),
                new FileDescriptor[0]);

        assertThatThrownBy(() -> new MethodPermissions(file.findServiceByName("S")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("made.up.S.Forgotten does not say who may call it");
    }

    /** A permission that speaks of a node, and a request that names none or two, or names it where nobody looks. */
    @ParameterizedTest
    @CsvSource({
        "NODE_ITSELF, 0, TYPE_INT32, 'has 0 fields with option (subject) (expected: one, an int32)'",
        "NODE_ITSELF_OR_OPERATOR, 0, TYPE_INT32, 'has 0 fields with option (subject) (expected: one, an int32)'",
        "NODE_ITSELF, 2, TYPE_INT32, 'has 2 fields with option (subject) (expected: one, an int32)'",
        "NODE_ITSELF, 1, TYPE_INT64, 'has 1 fields with option (subject) (expected: one, an int32)'",
        "ANY_NODE, 1, TYPE_INT32, 'has 1 fields with option (subject) (expected: none)'"
    })
    void aRequestThatDoesNotFitItsPermission_stopsTheConstruction(
            Permission permission, int subjects, FieldDescriptorProto.Type type, String message) throws Exception {
        DescriptorProto.Builder request = DescriptorProto.newBuilder().setName("M");
        for (int number = 1; number <= 2; number++) {
            request.addField(FieldDescriptorProto.newBuilder()
                    .setName("n" + number + "_id")
                    .setNumber(number)
                    .setType(type)
                    .setOptions(FieldOptions.newBuilder().setExtension(GatewayProto.subject, number <= subjects)));
        }
        FileDescriptor file = FileDescriptor.buildFrom(
                FileDescriptorProto.newBuilder()
                        .setName("made-up.proto")
                        .setPackage("made.up")
                        .addMessageType(request)
                        .addService(ServiceDescriptorProto.newBuilder()
                                .setName("S")
                                .addMethod(MethodDescriptorProto.newBuilder()
                                        .setName("Do")
                                        .setInputType("M")
                                        .setOutputType("M")
                                        .setOptions(MethodOptions.newBuilder()
                                                .setExtension(GatewayProto.permission, permission))))
                        .build(),
                new FileDescriptor[0]);

        assertThatThrownBy(() -> new MethodPermissions(file.findServiceByName("S")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("made.up.S.Do is for " + permission + ": M " + message);
    }

    @Test
    void theBareName_hasTheSamePermissions() {
        for (String name : MethodPermissions.BARE_METHODS) {
            assertThat(permissions.of(method("GatewayService/" + name)))
                    .isEqualTo(permissions.of(method("rollcall.v1.GatewayService/" + name)));
            assertThat(permissions.rule(method("GatewayService/" + name)).subject())
                    .isEqualTo(permissions
                            .rule(method("rollcall.v1.GatewayService/" + name))
                            .subject());
        }
        assertThat(MethodPermissions.BARE_METHODS).hasSize(8);
    }

    @Test
    void onlyHealth_needsNoToken() {
        assertThat(permissions.needsToken(method("grpc.health.v1.Health/Check")))
                .isFalse();
        assertThat(permissions.needsToken(method("grpc.health.v1.Health/Watch")))
                .isFalse();
        assertThat(permissions.needsToken(method("grpc.health.v1.Health/List"))).isFalse();
        assertThat(permissions.needsToken(method("rollcall.v1.GatewayService/HealthCheck")))
                .isFalse();
        assertThat(permissions.needsToken(method("GatewayService/HealthCheck"))).isFalse();
        assertThat(permissions.needsToken(method("rollcall.v1.GatewayService/Heartbeat")))
                .isTrue();
        assertThat(permissions.needsToken(method("grpc.reflection.v1.ServerReflection/ServerReflectionInfo")))
                .isTrue();
        assertThat(permissions.needsToken(method("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")))
                .isTrue();
    }

    @Test
    void aServiceNobodyThoughtOf_isFoundAtStart() {
        assertThatCode(() -> permissions.requireAll(List.of(
                        new EchoService().bindService(),
                        new HealthStatusManager().getHealthService().bindService(),
                        ProtoReflectionServiceV1.newInstance().bindService())))
                .doesNotThrowAnyException();
        var stranger = io.grpc.ServerServiceDefinition.builder("stranger.Service")
                .addMethod(
                        GatewayServiceGrpc.getHeartbeatMethod().toBuilder()
                                .setFullMethodName("stranger.Service/Do")
                                .build(),
                        (io.grpc.ServerCallHandler<HeartbeatRequest, io.rollcall.v1.HeartbeatResponse>)
                                (call, headers) -> new io.grpc.ServerCall.Listener<>() {})
                .build();
        assertThatThrownBy(() -> permissions.requireAll(List.of(stranger)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stranger.Service/Do");
    }
}
