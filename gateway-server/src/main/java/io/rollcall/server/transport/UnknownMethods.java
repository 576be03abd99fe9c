package io.rollcall.server.transport;

import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerMethodDefinition;
import io.rollcall.server.failure.Refusal;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds every method that nobody serves, so that calls of them meet the interceptors like all others, and are refused,
 * counted and recorded there. Without it gRPC would answer them by itself. It is asked only about such methods.
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
