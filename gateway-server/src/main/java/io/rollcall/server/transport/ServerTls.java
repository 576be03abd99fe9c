package io.rollcall.server.transport;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.identity.ClientTrust;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * The endpoint's TLS settings: 1.3, and 1.2 with forward secrecy and authenticated encryption only (RFC 9325 §4.2);
 * client certificates are required; no resumption (see {@link TlsDefaults}).
 */
final class ServerTls {
    private static final List<String> NEWEST_FIRST = List.of("1.3", "1.2");
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /** Holds the key in memory between here and the TLS library. PKCS12 would stretch a password for it, 10,000 rounds. */
    private static final String KEY_STORE_TYPE = "JKS";

    private ServerTls() {}

    /** @throws IllegalStateException if the native TLS library is missing: the JDK's would be used silently */
    static SslContext context(ServerCertificate certificate, ClientTrust trust, Settings settings) {
        if (!OpenSsl.isAvailable()) {
            throw new IllegalStateException(
                    "the native TLS library (netty-tcnative) does not run on this system",
                    OpenSsl.unavailabilityCause());
        }
        try {
            return GrpcSslContexts.configure(
                            SslContextBuilder.forServer(certificate.key(), certificate.chain()), SslProvider.OPENSSL)
                    .keyStoreType(KEY_STORE_TYPE)
                    .protocols(versions(settings.get(Setting.TLS_MIN_VERSION)))
                    .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .clientAuth(ClientAuth.REQUIRE)
                    .trustManager(new AlertingTrust(trust))
                    .option(
                            OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES,
                            settings.get(Setting.MAX_CERTIFICATE_CHAIN_SIZE))
                    .build();
        } catch (SSLException e) {
            throw new IllegalArgumentException("server certificate: TLS refuses it: " + e.getMessage(), e);
        }
    }

    private static List<String> versions(String least) {
        return NEWEST_FIRST.subList(0, NEWEST_FIRST.indexOf(least) + 1).stream()
                .map(version -> "TLSv" + version)
                .toList();
    }
}
