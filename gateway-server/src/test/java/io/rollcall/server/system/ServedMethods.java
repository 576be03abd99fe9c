package io.rollcall.server.system;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.grpc.Channel;
import io.grpc.health.v1.HealthProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionProto;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.rollcall.server.access.MethodPermissions;
import io.rollcall.v1.GatewayProto;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Every method that a running gateway serves, as it tells by reflection, with requests that are made from the
 * descriptors. A method that is added later is here without anybody's doing; a service that is not known here fails
 * whoever asks.
 */
final class ServedMethods {
    private static final List<FileDescriptor> KNOWN =
            List.of(GatewayProto.getDescriptor(), HealthProto.getDescriptor(), ServerReflectionProto.getDescriptor());
    private static final long PATIENCE_SECONDS = 20;

    private ServedMethods() {}

    /**
     * A method under the name by which it is called.
     *
     * @param fullName the service's name as served, a slash, the method's
     */
    record Served(String fullName, MethodDescriptor descriptor) {
        boolean isStream() {
            return descriptor.isServerStreaming();
        }

        /** With nothing in it. */
        Message emptyRequest() {
            return DynamicMessage.getDefaultInstance(descriptor.getInputType());
        }

        /** With a value in every plain field: each number is {@code node}, so that ids are that node's. */
        Message fullRequest(int node) {
            DynamicMessage.Builder request = DynamicMessage.newBuilder(descriptor.getInputType());
            for (FieldDescriptor field : descriptor.getInputType().getFields()) {
                if (field.isRepeated() || field.getContainingOneof() != null && !field.hasPresence()) {
                    continue;
                }
                switch (field.getJavaType()) {
                    case INT -> request.setField(field, node);
                    case LONG -> request.setField(field, (long) node);
                    case BOOLEAN -> request.setField(field, true);
                    case STRING -> request.setField(field, field.getName().contains("token") ? "" : "10.9.9.9");
                    default -> {}
                }
            }
            return request.build();
        }

        @Override
        public String toString() {
            return fullName;
        }
    }

    /** @param channel of a caller who may ask for reflection */
    static List<Served> of(Channel channel) throws Exception {
        List<Served> methods = new ArrayList<>();
        for (ServiceResponse service : services(channel)) {
            for (MethodDescriptor method : descriptor(service.getName()).getMethods()) {
                methods.add(new Served(service.getName() + "/" + method.getName(), method));
            }
        }
        // The bare name is no descriptor's, so reflection does not tell of it.
        for (MethodDescriptor method : descriptor("rollcall.v1.GatewayService").getMethods()) {
            if (MethodPermissions.BARE_METHODS.contains(method.getName())) {
                methods.add(new Served(MethodPermissions.BARE_SERVICE + "/" + method.getName(), method));
            }
        }
        return methods;
    }

    private static ServiceDescriptor descriptor(String service) {
        return KNOWN.stream()
                .flatMap(file -> file.getServices().stream())
                .filter(found -> found.getFullName().equals(service))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the gateway serves " + service + "; name its descriptor here"));
    }

    private static List<ServiceResponse> services(Channel channel) throws Exception {
        CompletableFuture<List<ServiceResponse>> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> question = ServerReflectionGrpc.newStub(channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response.getListServicesResponse().getServiceList());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        answer.cancel(false);
                    }
                });
        question.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        List<ServiceResponse> services = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        question.onCompleted();
        return services;
    }
}
