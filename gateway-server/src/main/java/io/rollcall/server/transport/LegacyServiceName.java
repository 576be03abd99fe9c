package io.rollcall.server.transport;

import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.rollcall.server.access.MethodPermissions;

/**
 * Also serves the gateway under its bare name, for older nodes that know no package: the same eight methods, handlers
 * and bytes. Newer methods exist only under the full name.
 */
public final class LegacyServiceName {
    private LegacyServiceName() {}

    /**
     * @param gateway the service under its full name
     * @throws IllegalArgumentException if one of the eight methods is missing
     */
    public static ServerServiceDefinition of(ServerServiceDefinition gateway) {
        ServerServiceDefinition.Builder bare = ServerServiceDefinition.builder(MethodPermissions.BARE_SERVICE);
        String fullName = gateway.getServiceDescriptor().getName();
        for (String name : MethodPermissions.BARE_METHODS) {
            ServerMethodDefinition<?, ?> method =
                    gateway.getMethod(MethodDescriptor.generateFullMethodName(fullName, name));
            if (method == null) {
                throw new IllegalArgumentException(fullName + " has no method " + name);
            }
            bare.addMethod(renamed(method, name));
        }
        return bare.build();
    }

    private static <Q, R> ServerMethodDefinition<Q, R> renamed(ServerMethodDefinition<Q, R> method, String name) {
        MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor().toBuilder()
                .setFullMethodName(MethodDescriptor.generateFullMethodName(MethodPermissions.BARE_SERVICE, name))
                .build();
        return ServerMethodDefinition.create(descriptor, method.getServerCallHandler());
    }
}
