package io.rollcall.server.transport;

import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.rollcall.server.failure.Refusal;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Parses requests after the interceptors, so that a malformed request is refused, counted and audited like all others.
 * gRPC parses before them, answers UNKNOWN and logs a stack trace, so any member could fill the log.
 */
final class DeferredParsing {
    /**
     * Passes the stream through without a copy, which gRPC's own marshaller would make through a buffer of 8 KiB. It is
     * read before the call continues.
     */
    static final Marshaller<InputStream> BYTES = new Marshaller<>() {
        @Override
        public InputStream stream(InputStream value) {
            return value;
        }

        @Override
        public InputStream parse(InputStream stream) {
            return stream;
        }
    };

    private DeferredParsing() {}

    static ServerServiceDefinition of(ServerServiceDefinition service) {
        List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
        service.getMethods().forEach(method -> methods.add(refusing(method)));
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(
                        service.getServiceDescriptor().getName())
                .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder refusing = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(refusing::addMethod);
        return ServerInterceptors.useMarshalledMessages(refusing.build(), BYTES);
    }

    private static <Q, R> ServerMethodDefinition<Q, R> refusing(ServerMethodDefinition<Q, R> method) {
        MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
        return ServerMethodDefinition.create(
                descriptor.toBuilder()
                        .setRequestMarshaller(new Refusing<>(descriptor.getRequestMarshaller()))
                        .build(),
                method.getServerCallHandler());
    }

    /**
     * Discards unknown fields: nothing reads them, and many small ones take about seventy times their wire size in
     * memory.
     */
    @SuppressWarnings("unchecked") // a message of its own builder
    private static <Q> Q withoutUnknownFields(Q request) {
        UnknownFieldSet none = UnknownFieldSet.getDefaultInstance();
        return request instanceof Message message && !message.getUnknownFields().equals(none)
                ? (Q) message.toBuilder().setUnknownFields(none).build()
                : request;
    }

    private record Refusing<Q>(Marshaller<Q> marshaller) implements Marshaller<Q> {
        @Override
        public InputStream stream(Q value) {
            return marshaller.stream(value);
        }

        @Override
        public Q parse(InputStream stream) {
            try {
                return withoutUnknownFields(marshaller.parse(stream));
            } catch (RuntimeException e) { // any exception is caused by the caller's bytes
                throw Refusal.BAD_MESSAGE.because(
                        "request: cannot be read (expected: protobuf, texts in UTF-8, no larger than it may be)");
            }
        }
    }
}
