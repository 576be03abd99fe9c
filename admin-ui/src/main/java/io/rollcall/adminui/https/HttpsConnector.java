package io.rollcall.adminui.https;

import java.io.IOException;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Builds the only connector: TLS 1.2/1.3, then HTTP/2 or HTTP/1.1 by ALPN. There is no plaintext port. */
public final class HttpsConnector {

    private static final Duration IDLE = Duration.ofSeconds(60);
    /** Connections that the kernel queues until they are accepted, so that a burst does not drop the next SYN. */
    private static final int BACKLOG = 512;
    /** RFC 9113 §6.5.2 recommends no fewer: each open page of a browser is a stream. */
    private static final int STREAMS = 100;
    /** HTTP/2's initial window (RFC 9113 §6.9.2); no form is longer. */
    private static final int WINDOW = 65_535;

    /** Forward secrecy and authenticated encryption only (RFC 9325 §4.2); Jetty's defaults include CBC and DHE. */
    private static final String[] CIPHERS = {
        "TLS_AES_256_GCM_SHA384",
        "TLS_AES_128_GCM_SHA256",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
    };

    private HttpsConnector() {}

    /** TLS with an identity that {@link #renew} can change. */
    public static SslContextFactory.Server tls(KeyStore identity) {
        SslContextFactory.Server tls = new SslContextFactory.Server() {
            @Override
            public SSLParameters customize(SSLParameters parameters) {
                SSLParameters customized = super.customize(parameters);
                customized.setAlgorithmConstraints(new StrongSignatures());
                return customized;
            }
        };
        tls.setKeyStore(identity);
        tls.setKeyStorePassword(PemIdentity.KEY_STORE_PASSWORD);
        tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        tls.setIncludeCipherSuites(CIPHERS);
        return tls;
    }

    /**
     * Uses this identity for new connections; open ones continue.
     *
     * @throws IOException if TLS does not accept it; the previous one stays in force
     */
    public static void renew(SslContextFactory.Server tls, KeyStore identity) throws IOException {
        KeyStore before = tls.getKeyStore();
        try {
            tls.reload(factory -> factory.setKeyStore(identity));
        } catch (Exception e) {
            IOException refused =
                    new IOException("the console's TLS does not take its new certificate: " + e.getMessage(), e);
            goBack(tls, before, refused);
            throw refused;
        }
    }

    /** Restores the previous identity, since a reload that fails half-way leaves none. */
    private static void goBack(SslContextFactory.Server tls, KeyStore before, IOException because) {
        try {
            tls.reload(factory -> factory.setKeyStore(before));
        } catch (Exception e) {
            because.addSuppressed(e);
        }
    }

    /** Returns the connector of the console. */
    public static ServerConnector on(
            Server server,
            HttpConfiguration defaults,
            String host,
            int port,
            SslContextFactory.Server tls,
            ClientConnections connections) {
        HttpConfiguration http = new HttpConfiguration(defaults);
        http.setSendServerVersion(false);
        // Administrators may also use an IP address, which matches no SNI name: do not refuse them.
        http.addCustomizer(new SecureRequestCustomizer(false));
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol("http/1.1");
        HTTP2ServerConnectionFactory http2 = new HTTP2ServerConnectionFactory(http);
        http2.setMaxConcurrentStreams(STREAMS);
        http2.setInitialStreamRecvWindow(WINDOW);
        http2.setInitialSessionRecvWindow(WINDOW);

        ServerConnector connector = new ServerConnector(
                server,
                1,
                1,
                new SslConnectionFactory(tls, alpn.getProtocol()),
                alpn,
                http2,
                new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE.toMillis());
        connector.setAcceptQueueSize(BACKLOG);
        connector.addBean(connections);
        return connector;
    }
}
