package io.rollcall.server.identity;

import io.rollcall.server.identity.HandshakeFailure.Reason;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks the profile of a client's own certificate, before its signature is verified (X509-SVID §4, §5.2). */
final class LeafRules {
    private static final int URI_NAME = 6; // GeneralName, RFC 5280 §4.2.1.6
    private static final int DIGITAL_SIGNATURE = 0; // bits of KeyUsage, RFC 5280 §4.2.1.3
    private static final int KEY_CERT_SIGN = 5;
    private static final int CRL_SIGN = 6;
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private LeafRules() {}

    /**
     * Returns the SPIFFE ID that the certificate names. Proves nothing: no signature is verified.
     *
     * @throws CertificateRefusedException if it is not a member's certificate; the message says what was expected
     */
    static SpiffeId identify(X509Certificate leaf) throws CertificateRefusedException {
        boolean[] usage = leaf.getKeyUsage();
        if (leaf.getBasicConstraints() >= 0 || has(usage, KEY_CERT_SIGN) || has(usage, CRL_SIGN)) {
            throw profile("a member's certificate must not be a CA's");
        }
        if (!has(usage, DIGITAL_SIGNATURE)) {
            throw profile("expected keyUsage digitalSignature");
        }
        List<String> purposes;
        String uri;
        try {
            purposes = leaf.getExtendedKeyUsage();
            uri = onlyUri(leaf);
        } catch (CertificateParsingException e) {
            throw new CertificateRefusedException(
                    Reason.CERTIFICATE_UNREADABLE, "its names or purposes cannot be read", e);
        }
        if (purposes != null && !purposes.contains(CLIENT_AUTH)) {
            throw profile("expected extendedKeyUsage clientAuth, or none at all");
        }
        try {
            return SpiffeId.parse(uri);
        } catch (IllegalArgumentException e) {
            throw new CertificateRefusedException(Reason.CERTIFICATE_PROFILE, "URI SAN: " + e.getMessage(), e);
        }
    }

    private static CertificateRefusedException profile(String expected) {
        return new CertificateRefusedException(Reason.CERTIFICATE_PROFILE, expected);
    }

    private static boolean has(boolean @Nullable [] usage, int bit) {
        return usage != null && usage.length > bit && usage[bit];
    }

    /** Returns the only URI. Names of other kinds (DNS, IP …) are ignored. */
    private static String onlyUri(X509Certificate leaf)
            throws CertificateParsingException, CertificateRefusedException {
        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        List<String> uris = names == null
                ? List.of()
                : names.stream()
                        .filter(name -> name.get(0).equals(URI_NAME))
                        .map(name -> (String) name.get(1))
                        .toList();
        if (uris.size() != 1) {
            throw profile("expected exactly one URI SAN, found " + uris.size());
        }
        return uris.get(0);
    }
}
