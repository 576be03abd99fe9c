package io.rollcall.server;

import io.grpc.Attributes;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.rollcall.server.access.AccessInterceptor;
import io.rollcall.server.access.MethodPermissions;
import io.rollcall.server.access.SubjectInterceptor;
import io.rollcall.server.admission.AdmissionInterceptor;
import io.rollcall.server.admission.InboundBuffering;
import io.rollcall.server.admission.MethodTraffic;
import io.rollcall.server.admission.StandardServicesInterceptor;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.Setting;
import io.rollcall.server.failure.RefusalInterceptor;
import io.rollcall.server.failure.RefusalThrottle;
import io.rollcall.server.health.DirectMemoryAlarm;
import io.rollcall.server.health.GatewayMetrics;
import io.rollcall.server.health.HealthService;
import io.rollcall.server.identity.grpc.ConnectionIdentifier;
import io.rollcall.server.identity.grpc.IdentityInterceptor;
import io.rollcall.server.liveness.HeartbeatService;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.grpc.LeaderService;
import io.rollcall.server.registry.grpc.RegistryService;
import io.rollcall.server.transport.GrpcEndpoint;
import io.rollcall.server.transport.LegacyServiceName;
import io.rollcall.server.transport.OpenSockets;
import io.rollcall.server.watch.WatchService;
import java.time.Duration;
import java.util.List;

/**
 * Assembles what nodes call: the services, and the interceptors and tracers of each call. Does not open the port yet.
 */
final class NodesPort {
    private static final Duration DRAIN = Duration.ofSeconds(5);

    final GatewayMetrics metrics;
    final DirectMemoryAlarm memory;
    final OpenSockets sockets;
    final GrpcEndpoint endpoint;

    NodesPort(GatewayConfig config, Foundation base, Identification callers, RegistryParts parts, Closer closer) {
        MethodPermissions permissions = new MethodPermissions();
        List<ServerServiceDefinition> services = services(config, base, callers, parts, permissions);
        permissions.requireAll(services);
        metrics = closer.register(new GatewayMetrics(
                parts.registry, callers.connections, callers.policies, callers.tokens, base.audit, base.alarms));
        memory = new DirectMemoryAlarm(base.alarms, base.ticker::nanos);
        sockets = closer.register(
                new OpenSockets(config.get(Setting.MAX_CONNECTIONS), base.audit.access(), base.ticker::nanos));
        List<ServerInterceptor> outermostFirst = List.of(
                new RefusalInterceptor(
                        base.random,
                        new RefusalThrottle(NodesPort::tenant, base.ticker::nanos, base.threads.timers),
                        base.audit.refusals().and(memory),
                        sockets.room()),
                new IdentityInterceptor(callers.authenticator, permissions::needsToken),
                new AccessInterceptor(permissions),
                new AdmissionInterceptor(
                        new MethodTraffic(),
                        callers.quotas,
                        base.ticker::nanos,
                        base.random,
                        config.get(Setting.MAX_HEADER_SIZE)));
        List<ServerStreamTracer.Factory> tracers =
                List.of(metrics.callsOf(services, base.ticker::nanos), new InboundBuffering(), memory);
        endpoint = new GrpcEndpoint(
                config.settings(),
                DRAIN,
                callers.trust,
                sockets,
                new ConnectionIdentifier(callers.authenticator, sockets::hangUp),
                outermostFirst,
                services,
                tracers,
                base.clock);
    }

    private static List<ServerServiceDefinition> services(
            GatewayConfig config,
            Foundation base,
            Identification callers,
            RegistryParts parts,
            MethodPermissions permissions) {
        ServerServiceDefinition gateway = ServerInterceptors.intercept(
                new GatewayService(
                        new RegistryService(
                                parts.registry,
                                parts.leases,
                                config.settings(),
                                callers.quotas,
                                parts.lost,
                                base.threads.lists,
                                base.clock,
                                base.ticker::nanos),
                        new LeaderService(parts.registry, parts.leases, base.clock),
                        new HeartbeatService(parts.registry, parts.leases, parts.duplicates, base.threads.lists),
                        new WatchService(
                                parts.registry, parts.feed, parts.lost, parts.leases, base.clock, base.ticker::nanos),
                        new HealthService(parts.registry, base.serving::isServing, base.clock)),
                new SubjectInterceptor(permissions));
        return List.of(
                gateway,
                LegacyServiceName.of(gateway),
                ServerInterceptors.intercept(base.health.getHealthService(), new StandardServicesInterceptor()),
                ServerInterceptors.intercept(
                        ProtoReflectionServiceV1.newInstance(), new StandardServicesInterceptor()));
    }

    /** The tenant that a refusal counts for: the namespace, or one for all connections without a namespace. */
    private static Object tenant(Attributes connection) {
        NamespaceName namespace = ConnectionIdentifier.identityOf(connection).namespace();
        return namespace == null ? "" : namespace;
    }
}
