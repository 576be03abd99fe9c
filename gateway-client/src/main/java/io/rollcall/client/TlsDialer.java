package io.rollcall.client;

import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.rollcall.pem.OwnChain;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Dials with mutual TLS 1.3 or 1.2, using one consistent version of the certificate, key and CA files. */
final class TlsDialer implements Dialer {

    /** While a call is open, so that a watch detects a dead gateway. The gateway permits one ping per 10 s. */
    private static final Duration PING_INTERVAL = Duration.ofSeconds(30);

    private static final Duration PING_TIMEOUT = Duration.ofSeconds(10);

    private final SpiffeId identity;
    private final NodeCredentials files;
    private final SslContext tls;
    private final BearerToken token;
    private final @Nullable String serverName;
    private final Limits limits;

    private TlsDialer(
            SpiffeId identity,
            NodeCredentials files,
            SslContext tls,
            BearerToken token,
            @Nullable String serverName,
            Limits limits) {
        this.identity = identity;
        this.files = files;
        this.tls = tls;
        this.token = token;
        this.serverName = serverName;
        this.limits = limits;
    }

    /** @throws CredentialsException if a file cannot be used, or the key is not the certificate's */
    static TlsDialer read(NodeCredentials files, BearerToken token, @Nullable String serverName, Limits limits) {
        PrivateKey key = CredentialFile.privateKey(files.key());
        // Checked before use: half-written files of a renewal would otherwise break working connections.
        X509Certificate[] chain = OwnChain.of(CredentialFile.certificates(files.certificate()), key)
                .orElseThrow(() -> new CredentialsException(files.key() + " is not the key of " + files.certificate()))
                .path()
                .toArray(X509Certificate[]::new);
        try {
            SslContext tls = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .keyManager(key, chain)
                    .keyStoreType("JKS") // PKCS12 would derive a key in 10,000 rounds, for one that stays in memory
                    .trustManager(GatewayTrust.of(CredentialFile.certificates(files.authorities())))
                    .build();
            return new TlsDialer(SpiffeId.of(chain[0]), files, tls, token, serverName, limits);
        } catch (SSLException e) {
            throw new CredentialsException("cannot use " + files.certificate() + " for TLS: " + e.getMessage(), e);
        }
    }

    SpiffeId identity() {
        return identity;
    }

    @Override
    public ManagedChannel dial(Target target) {
        NettyChannelBuilder channel = NettyChannelBuilder.forAddress(target.host(), target.port())
                .sslContext(tls)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, limits.connectMillis())
                .keepAliveTime(PING_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(PING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .maxInboundMessageSize(limits.maxMessageBytes())
                .disableServiceConfigLookUp();
        if (serverName != null) {
            channel.overrideAuthority(serverName);
        }
        return channel.build();
    }

    @Override
    public Optional<TlsFault> fault(Target target, StatusRuntimeException failure) {
        return TlsFault.of(failure, target, files);
    }

    @Override
    public CallCredentials token() {
        return token;
    }
}
