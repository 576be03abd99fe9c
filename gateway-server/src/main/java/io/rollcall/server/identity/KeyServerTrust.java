package io.rollcall.server.identity;

import io.rollcall.server.namespace.NamespaceName;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * The CAs trusted for the server of an https key set: only those of a file, or those of the JVM. Immutable; any thread.
 */
final class KeyServerTrust {
    static final KeyServerTrust OF_THE_JVM =
            new KeyServerTrust("the trust store of the gateway's JVM", List.of(), Optional.empty());

    private final String name;
    private final List<X509Certificate> authorities;
    private final Optional<SSLSocketFactory> sockets;

    private KeyServerTrust(String name, List<X509Certificate> authorities, Optional<SSLSocketFactory> sockets) {
        this.name = name;
        this.authorities = authorities;
        this.sockets = sockets;
    }

    /** @throws IllegalArgumentException if the file cannot be used; the message names it */
    static KeyServerTrust load(NamespaceName namespace, Path file) {
        List<X509Certificate> authorities = PemFile.certificates("jwks-ca of " + namespace, file);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("ca-" + i, authorities.get(i));
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(store);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            return new KeyServerTrust(file.toString(), authorities, Optional.of(tls.getSocketFactory()));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    "jwks-ca of " + namespace + ": " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** The CAs of the file; empty: the JVM's. */
    List<X509Certificate> authorities() {
        return authorities;
    }

    void applyTo(HttpURLConnection connection) {
        if (connection instanceof HttpsURLConnection https) {
            sockets.ifPresent(https::setSSLSocketFactory);
        }
    }

    /** Explains a failed handshake to operators. */
    IOException explained(SSLException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            if (cause instanceof CertPathBuilderException) {
                break;
            }
            cause = cause.getCause();
        }
        String why = cause instanceof CertPathBuilderException
                ? "no CA in " + name + " vouches for its server's certificate; jwks-ca names the file of its CA"
                : "its server's TLS is not accepted: " + cause.getMessage();
        return new IOException(why, failure);
    }
}
