package io.rollcall.devcerts;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.ByteArrayInputStream;
import java.security.cert.CRL;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;

/** What somebody who knows only the published files makes of a certificate or token: the JDK's and Nimbus's opinion. */
final class Trust {
    private Trust() {}

    /** Throws when the path is no good at that time. */
    static void path(X509Certificate anchor, Instant when, X509Certificate... chain) throws Exception {
        PKIXParameters parameters = parameters(anchor, when);
        parameters.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX").validate(path(chain), parameters);
    }

    /** The same, by a certificate revocation list. */
    static void pathAndList(X509Certificate anchor, Instant when, String crlPem, X509Certificate... chain)
            throws Exception {
        PKIXParameters parameters = parameters(anchor, when);
        CRL crl = CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(crlPem.getBytes()));
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(crl))));
        CertPathValidator.getInstance("PKIX").validate(path(chain), parameters);
    }

    /** The claims, when a key of the set signed them with ES256; time is not looked at. */
    static JWTClaimsSet token(String jwks, String token) throws Exception {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(
                new JWSVerificationKeySelector<>(JWSAlgorithm.ES256, new ImmutableJWKSet<>(JWKSet.parse(jwks))));
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        return processor.process(token, null);
    }

    private static PKIXParameters parameters(X509Certificate anchor, Instant when) throws Exception {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
        parameters.setDate(Date.from(when));
        return parameters;
    }

    private static java.security.cert.CertPath path(X509Certificate... chain) throws Exception {
        return CertificateFactory.getInstance("X.509").generateCertPath(List.of(chain));
    }
}
