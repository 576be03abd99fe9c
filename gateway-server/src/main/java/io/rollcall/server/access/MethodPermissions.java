package io.rollcall.server.access;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.rollcall.server.failure.Refusal;
import io.rollcall.v1.GatewayProto;
import io.rollcall.v1.Permission;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who may call which method: the proto's option for the gateway's own methods, a fixed table for those of foreign
 * services, whose protos are not ours.
 *
 * <pre>
 * rollcall.v1.GatewayService/Heartbeat   NODE_ITSELF         from the option
 * GatewayService/Heartbeat               NODE_ITSELF         the same, under the bare name
 * grpc.health.v1.Health/Check            CERTIFICATE_HOLDER  from the table
 * </pre>
 *
 * A served method that is in none of them is a defect, found at construction or by {@link #requireAll}. What is called
 * beside them is not served, and refused. Immutable; any thread.
 *
 * <p>Reads generated descriptors though it is no service, interceptor or messages class: the option lives in them.
 */
public final class MethodPermissions {
    /** The name under which nodes that know no package call the gateway. */
    public static final String BARE_SERVICE = "GatewayService";

    /** The methods served under {@link #BARE_SERVICE}: these eight, and never a newer one. */
    public static final Set<String> BARE_METHODS = Set.of(
            "RegisterNode",
            "GetNodes",
            "GetLeader",
            "UpdateLeader",
            "Heartbeat",
            "HealthCheck",
            "RemoveNode",
            "GetStats");

    private static final Map<String, Permission> FOREIGN = Map.of(
            "grpc.health.v1.Health/Check", Permission.CERTIFICATE_HOLDER,
            "grpc.health.v1.Health/Watch", Permission.CERTIFICATE_HOLDER,
            "grpc.health.v1.Health/List", Permission.CERTIFICATE_HOLDER,
            "grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Permission.MEMBER_OR_OPERATOR,
            "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Permission.MEMBER_OR_OPERATOR);

    private final Map<String, Permission> byFullName = new HashMap<>(FOREIGN);

    /** @throws IllegalStateException if a method of the gateway declares no permission */
    public MethodPermissions() {
        this(GatewayProto.getDescriptor().findServiceByName(BARE_SERVICE));
    }

    MethodPermissions(ServiceDescriptor service) {
        for (MethodDescriptor method : service.getMethods()) {
            Permission permission = method.getOptions().getExtension(GatewayProto.permission);
            if (permission == Permission.PERMISSION_UNSPECIFIED) {
                throw undeclared(method.getFullName());
            }
            byFullName.put(service.getFullName() + "/" + method.getName(), permission);
            if (BARE_METHODS.contains(method.getName())) {
                byFullName.put(BARE_SERVICE + "/" + method.getName(), permission);
            }
        }
    }

    /** @throws IllegalStateException if a method of these services has no permission; to be asked at start */
    public void requireAll(Collection<ServerServiceDefinition> services) {
        for (ServerServiceDefinition service : services) {
            for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
                String name = method.getMethodDescriptor().getFullMethodName();
                if (!byFullName.containsKey(name)) {
                    throw undeclared(name);
                }
            }
        }
    }

    /**
     * Whether calls of the method must bring a token beside the certificate.
     *
     * @throws io.rollcall.server.failure.RefusedException METHOD_UNKNOWN, if there is no such method
     */
    public boolean needsToken(io.grpc.MethodDescriptor<?, ?> method) {
        return of(method) != Permission.CERTIFICATE_HOLDER;
    }

    Permission of(io.grpc.MethodDescriptor<?, ?> method) {
        Permission permission = byFullName.get(method.getFullMethodName());
        if (permission == null) {
            throw Refusal.METHOD_UNKNOWN.because("this gateway has no such method");
        }
        return permission;
    }

    private static IllegalStateException undeclared(String method) {
        return new IllegalStateException(method + " does not say who may call it: declare option (permission)");
    }
}
