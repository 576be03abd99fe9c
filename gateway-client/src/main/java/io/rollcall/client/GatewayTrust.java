package io.rollcall.client;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The JDK's checks of the gateway's certificate, whose refusal also names the CA that the certificate is of. */
final class GatewayTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager checks;

    private GatewayTrust(X509ExtendedTrustManager checks) {
        this.checks = checks;
    }

    /** Thrown when no path leads from the gateway's certificate to a trusted CA. */
    static final class UntrustedException extends CertificateException {
        private static final long serialVersionUID = 1;

        private final String issuer;

        private UntrustedException(String issuer, CertificateException cause) {
            super(cause.getMessage(), cause);
            this.issuer = issuer;
        }

        String issuer() {
            return issuer;
        }
    }

    /** @throws CredentialsException if the JDK takes none of the CAs */
    static GatewayTrust of(List<X509Certificate> authorities) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                trusted.setCertificateEntry("ca-" + i, authorities.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(trusted);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager checks) {
                    return new GatewayTrust(checks);
                }
            }
            throw new CredentialsException("this JDK has no checks of certificates (PKIX)");
        } catch (GeneralSecurityException | IOException e) {
            throw new CredentialsException("cannot use the gateway's CAs: " + e.getMessage(), e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            checks.checkServerTrusted(chain, authType, engine);
        } catch (CertificateException e) {
            throw named(chain, e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        try {
            checks.checkServerTrusted(chain, authType, socket);
        } catch (CertificateException e) {
            throw named(chain, e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        try {
            checks.checkServerTrusted(chain, authType);
        } catch (CertificateException e) {
            throw named(chain, e);
        }
    }

    private static CertificateException named(X509Certificate[] chain, CertificateException why) {
        return isUntrusted(why.getCause()) && chain.length > 0
                ? new UntrustedException(
                        commonName(
                                chain[chain.length - 1].getIssuerX500Principal().getName()),
                        why)
                : why;
    }

    /** Where the gateway sends its CA along, the JDK validates the path instead of building one. */
    private static boolean isUntrusted(@Nullable Throwable cause) {
        return cause instanceof CertPathBuilderException
                || (cause instanceof CertPathValidatorException e && e.getReason() == PKIXReason.NO_TRUST_ANCHOR);
    }

    private static String commonName(String distinguishedName) {
        try {
            for (Rdn part : new LdapName(distinguishedName).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return part.getValue().toString();
                }
            }
        } catch (InvalidNameException e) {
            return distinguishedName;
        }
        return distinguishedName;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checks.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checks.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        checks.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return checks.getAcceptedIssuers();
    }
}
