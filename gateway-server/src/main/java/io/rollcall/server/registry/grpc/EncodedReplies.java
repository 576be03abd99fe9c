package io.rollcall.server.registry.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.ServerCalls.ServerStreamingMethod;
import io.grpc.stub.ServerCalls.UnaryMethod;
import java.util.LinkedHashMap;
import java.util.Map;

/** A generated service, some of whose methods send {@link EncodedReply encoded replies} instead of messages. */
public final class EncodedReplies {
    private final ServiceDescriptor service;
    private final Map<String, ServerMethodDefinition<?, ?>> methods = new LinkedHashMap<>();

    private EncodedReplies(ServerServiceDefinition generated) {
        this.service = generated.getServiceDescriptor();
        generated
                .getMethods()
                .forEach(method -> methods.put(method.getMethodDescriptor().getFullMethodName(), method));
    }

    /** Starts from the generated service; its handlers of the methods added here are not called. */
    public static EncodedReplies of(ServerServiceDefinition generated) {
        return new EncodedReplies(generated);
    }

    /** Answers a method that has one reply. */
    public <Q> EncodedReplies unary(MethodDescriptor<Q, ?> method, UnaryMethod<Q, EncodedReply> handler) {
        return answer(method, ServerCalls.asyncUnaryCall(handler));
    }

    /** Answers a method whose replies are a stream. */
    public <Q> EncodedReplies stream(MethodDescriptor<Q, ?> method, ServerStreamingMethod<Q, EncodedReply> handler) {
        return answer(method, ServerCalls.asyncServerStreamingCall(handler));
    }

    private <Q> EncodedReplies answer(MethodDescriptor<Q, ?> method, ServerCallHandler<Q, EncodedReply> handler) {
        MethodDescriptor<Q, EncodedReply> encoded = method.toBuilder(
                        method.getRequestMarshaller(), EncodedReply.MARSHALLER)
                .build();
        methods.put(method.getFullMethodName(), ServerMethodDefinition.create(encoded, handler));
        return this;
    }

    /** Returns the service, under the generated one's name and with its descriptors. */
    public ServerServiceDefinition build() {
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(service.getName()).setSchemaDescriptor(service.getSchemaDescriptor());
        methods.values().forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(descriptor.build());
        methods.values().forEach(definition::addMethod);
        return definition.build();
    }
}
