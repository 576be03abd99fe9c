package io.rollcall.server.transport;

import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import io.rollcall.server.identity.CertificateRefusedException;
import io.rollcall.server.identity.ClientTrust;
import io.rollcall.server.identity.HandshakeFailure.Reason;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Sends a client whose certificate is refused the right TLS alert (RFC 8446 §6.2); netty would send {@code
 * internal_error}. Netty takes the number of an OpenSSL verification error, which BoringSSL maps to an alert.
 *
 * <pre>
 *   expired                       10 → certificate_expired (45)
 *   withdrawn                     23 → certificate_revoked (44)
 *   untrusted, namespace unknown  20 → unknown_ca (48)         the same, to hide which namespaces exist
 *   anything else                 28 → bad_certificate (42)
 * </pre>
 */
final class AlertingTrust extends X509ExtendedTrustManager {
    private final ClientTrust trust;

    AlertingTrust(ClientTrust trust) {
        this.trust = trust;
    }

    private void check(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
        try {
            trust.checkClientTrusted(chain, authType, engine);
        } catch (CertificateRefusedException e) {
            throw new OpenSslCertificateException(e, verificationError(e.reason()));
        }
    }

    private static int verificationError(Reason reason) {
        return switch (reason) {
            case CERTIFICATE_EXPIRED -> CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
            case CERTIFICATE_WITHDRAWN -> CertificateVerifier.X509_V_ERR_CERT_REVOKED;
            case CERTIFICATE_UNTRUSTED, NAMESPACE_UNKNOWN ->
                CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
            default -> CertificateVerifier.X509_V_ERR_CERT_REJECTED;
        };
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        trust.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        trust.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.getAcceptedIssuers();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        trust.checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        trust.checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        trust.checkServerTrusted(chain, authType);
    }
}
