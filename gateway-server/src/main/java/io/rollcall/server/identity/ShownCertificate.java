package io.rollcall.server.identity;

import io.rollcall.server.namespace.NamespaceName;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * The unverified content of a client's certificate, for logs. Bounded, and without invisible characters.
 *
 * @param claimed the SPIFFE ID that it names; empty: none
 * @param claimedNamespace the namespace of that ID, if it is served here; null: it is not
 * @param serial its serial number, in hex
 */
public record ShownCertificate(
        String claimed, @Nullable NamespaceName claimedNamespace, String subject, String issuer, String serial) {
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_SERIAL = 64; // RFC 5280 §4.1.2.2 allows 40

    /**
     * @param claimed the ID that it names; null: none
     * @param isServed whether the namespace of that ID is served
     */
    static ShownCertificate of(X509Certificate certificate, @Nullable SpiffeId claimed, boolean isServed) {
        return new ShownCertificate(
                claimed == null ? "" : printable(claimed.toString(), LONGEST_NAME),
                claimed != null && isServed ? claimed.caller().namespace() : null,
                subject(certificate),
                printable(certificate.getIssuerX500Principal().getName(), LONGEST_NAME),
                printable(CallIdentity.serial(certificate), LONGEST_SERIAL));
    }

    static String subject(X509Certificate certificate) {
        return printable(certificate.getSubjectX500Principal().getName(), LONGEST_NAME);
    }

    /** Replaces control and formatting characters, which could end a log line or reverse its direction. */
    static String printable(String text, int longest) {
        String cut = text.length() <= longest ? text : text.substring(0, longest) + "…";
        return cut.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Co}\\p{Cs}]", "?");
    }
}
