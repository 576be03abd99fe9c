package io.rollcall.server.transport;

import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerMethodDefinition;
import io.rollcall.server.failure.Refusal;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Provides a handler for unknown methods, so that their calls pass the interceptors like all others and are refused,
 * counted and audited there. Without it gRPC would answer them itself. gRPC consults it only for such methods.
 */
final class UnknownMethods extends HandlerRegistry {
    @Override
    public ServerMethodDefinition<?, ?> lookupMethod(String fullName, @Nullable String authority) {
        MethodDescriptor<InputStream, InputStream> method = MethodDescriptor.newBuilder(
                        DeferredParsing.BYTES, DeferredParsing.BYTES)
                .setType(MethodType.UNKNOWN)
                .setFullMethodName(fullName)
                .build();
        return ServerMethodDefinition.create(method, (call, headers) -> {
            throw Refusal.METHOD_UNKNOWN.because("this gateway has no such method");
        });
    }
}
