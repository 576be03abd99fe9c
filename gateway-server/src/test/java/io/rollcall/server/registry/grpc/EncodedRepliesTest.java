package io.rollcall.server.registry.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.AsyncService;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** To its callers, a service that sends encoded replies is the generated one. */
class EncodedRepliesTest {
    private final ServerServiceDefinition generated = GatewayServiceGrpc.bindService(new AsyncService() {});

    private static Map<String, MethodType> methods(ServerServiceDefinition service) {
        return service.getMethods().stream()
                .map(ServerMethodDefinition::getMethodDescriptor)
                .collect(Collectors.toMap(method -> method.getFullMethodName(), method -> method.getType()));
    }

    @Test
    void theService_hasTheSameMethods_theEncodedOnesAmongThem() {
        ServerServiceDefinition service =
                EncodedReplies.of(generated)
                        .unary(GatewayServiceGrpc.getGetNodesMethod(), (request, reply) -> {})
                        .stream(GatewayServiceGrpc.getWatchNodesMethod(), (request, reply) -> {})
                        .build();
        assertThat(service.getServiceDescriptor().getName())
                .isEqualTo(generated.getServiceDescriptor().getName());
        assertThat(service.getServiceDescriptor().getSchemaDescriptor())
                .as("by which reflection describes it")
                .isSameAs(generated.getServiceDescriptor().getSchemaDescriptor());
        assertThat(methods(service)).isEqualTo(methods(generated)).isNotEmpty();
    }
}
