package io.rollcall.server.access;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.rollcall.server.failure.Refusal;
import io.rollcall.v1.GatewayProto;
import io.rollcall.v1.Permission;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Maps each method to who may call it, and to the field of its requests that names the node they concern. Uses the
 * proto's options for the gateway's own methods, and a fixed table for those of other services.
 *
 * <pre>
 * rollcall.v1.GatewayService/Heartbeat   NODE_ITSELF         node_id   from the options
 * GatewayService/Heartbeat               NODE_ITSELF         node_id   the same, under the bare name
 * grpc.health.v1.Health/Check            CERTIFICATE_HOLDER            from the table
 * </pre>
 *
 * A served method that is missing here is a defect, found at construction or by {@link #requireAll}. Calls of any other
 * method are refused. Immutable; any thread.
 *
 * <p>Reads generated descriptors, although it is not a service, interceptor or messages class: they hold the option.
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

    private final Map<String, Rule> byFullName = new HashMap<>();

    /**
     * What a method requires of its callers.
     *
     * @param subject the field of its requests that names the node they concern; null: they concern none
     */
    record Rule(Permission permission, @Nullable FieldDescriptor subject) {}

    /**
     * @throws IllegalStateException if a method of the gateway declares no permission, or one that its request
     *     contradicts
     */
    public MethodPermissions() {
        this(GatewayProto.getDescriptor().findServiceByName(BARE_SERVICE));
    }

    MethodPermissions(ServiceDescriptor service) {
        FOREIGN.forEach((name, permission) -> byFullName.put(name, new Rule(permission, null)));
        for (MethodDescriptor method : service.getMethods()) {
            Permission permission = method.getOptions().getExtension(GatewayProto.permission);
            if (permission == Permission.PERMISSION_UNSPECIFIED) {
                throw undeclared(method.getFullName());
            }
            Rule rule = new Rule(permission, subject(method, permission));
            byFullName.put(service.getFullName() + "/" + method.getName(), rule);
            if (BARE_METHODS.contains(method.getName())) {
                byFullName.put(BARE_SERVICE + "/" + method.getName(), rule);
            }
        }
    }

    /** Returns the one field if a node may act only on itself; null otherwise. */
    private static @Nullable FieldDescriptor subject(MethodDescriptor method, Permission permission) {
        List<FieldDescriptor> subjects = method.getInputType().getFields().stream()
                .filter(field -> field.getOptions().getExtension(GatewayProto.subject))
                .toList();
        boolean isAboutItself =
                permission == Permission.NODE_ITSELF || permission == Permission.NODE_ITSELF_OR_OPERATOR;
        if (!isAboutItself && subjects.isEmpty()) {
            return null;
        }
        if (!isAboutItself || subjects.size() != 1 || !isNodeId(subjects.get(0))) {
            throw new IllegalStateException(method.getFullName() + " is for " + permission + ": "
                    + method.getInputType().getName() + " has " + subjects.size() + " fields with option (subject)"
                    + (isAboutItself ? " (expected: one, an int32)" : " (expected: none)"));
        }
        return subjects.get(0);
    }

    private static boolean isNodeId(FieldDescriptor field) {
        return field.getType() == FieldDescriptor.Type.INT32 && !field.isRepeated();
    }

    /** @throws IllegalStateException if a method of these services has no permission; call it at start */
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
     * Whether calls of the method require a token in addition to the certificate.
     *
     * @throws io.rollcall.server.failure.RefusedException METHOD_UNKNOWN, if there is no such method
     */
    public boolean needsToken(io.grpc.MethodDescriptor<?, ?> method) {
        return of(method) != Permission.CERTIFICATE_HOLDER;
    }

    Permission of(io.grpc.MethodDescriptor<?, ?> method) {
        return rule(method).permission();
    }

    Rule rule(io.grpc.MethodDescriptor<?, ?> method) {
        Rule rule = byFullName.get(method.getFullMethodName());
        if (rule == null) {
            throw Refusal.METHOD_UNKNOWN.because("this gateway has no such method");
        }
        return rule;
    }

    private static IllegalStateException undeclared(String method) {
        return new IllegalStateException(method + " does not say who may call it: declare option (permission)");
    }
}
