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
 * Has requests read behind the interceptors, so that one that cannot be read is refused, counted and recorded like all
 * others. gRPC reads them in front, answers UNKNOWN, and logs a stack trace: a log that any member could fill.
 */
final class DeferredParsing {
    /**
     * As they come: gRPC's own way to have them so copies each through a buffer of 8 KiB. They are read before it goes
     * on.
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

    /** Nobody reads them, and in memory many small ones are some seventy times as large as on the wire. */
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
            } catch (RuntimeException e) { // whatever it is, it comes of the caller's bytes
                throw Refusal.BAD_MESSAGE.because(
                        "request: cannot be read (expected: protobuf, texts in UTF-8, no larger than it may be)");
            }
        }
    }
}
