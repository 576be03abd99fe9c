package io.rollcall.server.testing;

import io.grpc.BindableService;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.rollcall.devcerts.Credential;
import io.rollcall.devcerts.DevCerts;
import io.rollcall.devcerts.Member;
import io.rollcall.server.access.AccessInterceptor;
import io.rollcall.server.access.MethodPermissions;
import io.rollcall.server.access.SubjectInterceptor;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.config.ConfigReader;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.config.Setting;
import io.rollcall.server.failure.RefusalInterceptor;
import io.rollcall.server.failure.RefusalThrottle;
import io.rollcall.server.identity.Authenticator;
import io.rollcall.server.identity.ClientTrust;
import io.rollcall.server.identity.Connections;
import io.rollcall.server.identity.TokenVerifier;
import io.rollcall.server.identity.TrustPolicies;
import io.rollcall.server.identity.TrustPolicyLoader;
import io.rollcall.server.identity.grpc.ConnectionIdentifier;
import io.rollcall.server.identity.grpc.IdentityInterceptor;
import io.rollcall.server.quota.NamespaceQuotas;
import io.rollcall.server.transport.GrpcEndpoint;
import io.rollcall.server.transport.LegacyServiceName;
import io.rollcall.server.transport.OpenSockets;
import io.rollcall.v1.GatewayServiceGrpc;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The gate on a real socket with real TLS, before services of the test's choice. */
public final class TestGate implements AutoCloseable {
    public final TokenVerifier tokens = new TokenVerifier();
    /** Those whose handshake succeeded, with or without identity. */
    public final AtomicInteger connections = new AtomicInteger();
    /** Those of them that are open now. */
    public final AtomicInteger open = new AtomicInteger();

    public final HeardAtTheGate heard = new HeardAtTheGate();

    private final DevCerts certs;
    private final GatewayConfig config;
    private final TrustPolicyLoader loader;
    private final Runnable sweep;
    private final IntSupplier known;
    private final GrpcEndpoint endpoint;
    private final ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor();
    private final List<ManagedChannel> channels = new ArrayList<>();

    /** Configured by the directory's {@code gateway.yaml}, but on any free port. */
    public TestGate(DevCerts certs, Clock clock, BindableService gateway) {
        this(certs, clock, gateway, Map.of());
    }

    /** @param options as on the command line */
    public TestGate(DevCerts certs, Clock clock, BindableService gateway, Map<String, String> options) {
        this.certs = certs;
        config = ConfigReader.read(certs.configuration(), options);
        TrustPolicies policies = new TrustPolicies();
        loader = new TrustPolicyLoader(policies, clock, new Alarms(clock, whose -> {}), heard, background, background);
        config.identity().namespaces().forEach(namespace -> loader.take(config.identity(), namespace));
        ClientTrust trust = new ClientTrust(policies, clock);
        Connections identified =
                new Connections(policies, new NamespaceQuotas(config.quotas()), trust, tokens, heard, clock);
        Authenticator authenticator = new Authenticator(trust, identified, tokens, heard);
        sweep = identified::sweep;
        known = identified::size;
        MethodPermissions permissions = new MethodPermissions();
        ServerServiceDefinition service = ServerInterceptors.intercept(gateway, new SubjectInterceptor(permissions));
        List<ServerServiceDefinition> services = List.of(
                service,
                LegacyServiceName.of(service),
                new HealthStatusManager().getHealthService().bindService(),
                ProtoReflectionServiceV1.newInstance().bindService());
        permissions.requireAll(services);
        OpenSockets sockets = new OpenSockets(config.get(Setting.MAX_CONNECTIONS), heard, System::nanoTime);
        ConnectionIdentifier identifier = new ConnectionIdentifier(authenticator, sockets::hangUp);
        endpoint = new GrpcEndpoint(
                        config.settings().with(Setting.PORT, 0),
                        Duration.ofSeconds(5),
                        trust,
                        sockets,
                        new io.grpc.ServerTransportFilter() {
                            @Override
                            public io.grpc.Attributes transportReady(io.grpc.Attributes attributes) {
                                connections.incrementAndGet();
                                open.incrementAndGet();
                                return identifier.transportReady(attributes);
                            }

                            @Override
                            public void transportTerminated(io.grpc.Attributes attributes) {
                                if (attributes != null) {
                                    open.decrementAndGet();
                                }
                                identifier.transportTerminated(attributes);
                            }
                        },
                        List.of(
                                new RefusalInterceptor(
                                        RandomGenerator.getDefault(),
                                        new RefusalThrottle(connection -> "", System::nanoTime, background),
                                        heard,
                                        sockets.room()),
                                new IdentityInterceptor(authenticator, permissions::needsToken),
                                new AccessInterceptor(permissions)),
                        services,
                        List.of(),
                        clock)
                .start();
    }

    /** Takes a namespace's files as they are now. */
    public void reload(String namespace) {
        var unused = loader.take(config.identity(), ofName(namespace));
    }

    public void drop(String namespace) {
        loader.drop(ofName(namespace).name());
    }

    private NamespaceConfig ofName(String name) {
        return config.identity().namespaces().stream()
                .filter(namespace -> namespace.name().value().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** One look at what must end. */
    public void sweep() {
        sweep.run();
    }

    /** How many connections could still be swept or closed. */
    public int known() {
        return known.getAsInt();
    }

    public int port() {
        return endpoint.port();
    }

    public ManagedChannel channel(@Nullable Credential credential, String... protocols) {
        SslContextBuilder tls = GrpcSslContexts.forClient();
        if (credential != null) {
            tls.keyManager(credential.key(), credential.certificate())
                    .keyStoreType("JKS"); // PKCS12 takes 10,000 rounds
        }
        return channel(tls, protocols);
    }

    /** With certificates that need not belong together. */
    public ManagedChannel channel(ShownChain shown, String... protocols) {
        return channel(
                GrpcSslContexts.configure(SslContextBuilder.forClient().keyManager(shown), SslProvider.JDK), protocols);
    }

    private ManagedChannel channel(SslContextBuilder tls, String... protocols) {
        try {
            tls.trustManager(certs.serverIssuer().authority());
            if (protocols.length > 0) {
                tls.protocols(protocols);
            }
            ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", port())
                    .sslContext(tls.build())
                    .build();
            channels.add(channel);
            return channel;
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    public GatewayServiceGrpc.GatewayServiceBlockingStub stub(Member member) {
        return stub(member.credential(), member.token());
    }

    public GatewayServiceGrpc.GatewayServiceBlockingStub stub(@Nullable Credential credential, @Nullable String token) {
        return GatewayServiceGrpc.newBlockingStub(channel(credential)).withCallCredentials(bearer(token));
    }

    /** No header at all where the token is null. */
    public static CallCredentials bearer(@Nullable String token) {
        return authorization(token == null ? List.of() : List.of("Bearer " + token));
    }

    /** That header once for each value. */
    public static CallCredentials authorization(List<String> values) {
        return new CallCredentials() {
            @Override
            public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
                Metadata headers = new Metadata();
                for (String value : values) {
                    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), value);
                }
                applier.apply(headers);
            }
        };
    }

    /** The reason in a refusal's {@code google.rpc.ErrorInfo}. */
    public static String reason(io.grpc.StatusRuntimeException refused) {
        var status = io.grpc.protobuf.StatusProto.fromThrowable(refused);
        if (status == null || status.getDetailsCount() == 0) {
            return "no ErrorInfo: " + Status.fromThrowable(refused);
        }
        try {
            return status.getDetails(0).unpack(com.google.rpc.ErrorInfo.class).getReason();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        endpoint.close();
        background.shutdownNow();
    }
}
