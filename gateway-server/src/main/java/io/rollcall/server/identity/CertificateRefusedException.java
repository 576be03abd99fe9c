package io.rollcall.server.identity;

import io.rollcall.server.identity.HandshakeFailure.Reason;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/**
 * A client's certificate is not a member's. The message says what was expected; it is for operators, since the client
 * gets only an alert.
 */
public final class CertificateRefusedException extends CertificateException {
    private static final long serialVersionUID = 1;

    private final Reason reason;
    private final transient @Nullable ShownCertificate shown;

    CertificateRefusedException(Reason reason, String message) {
        this(reason, message, null, null);
    }

    CertificateRefusedException(Reason reason, String message, @Nullable Throwable cause) {
        this(reason, message, cause, null);
    }

    private CertificateRefusedException(
            Reason reason, String message, @Nullable Throwable cause, @Nullable ShownCertificate shown) {
        super(message, cause);
        this.reason = reason;
        this.shown = shown;
    }

    /** Returns the same exception with the certificate that it concerns. */
    CertificateRefusedException about(ShownCertificate certificate) {
        return new CertificateRefusedException(reason, String.valueOf(getMessage()), this, certificate);
    }

    public Reason reason() {
        return reason;
    }

    /** Returns the failure of a connection from this address, for metrics and the audit log. */
    public HandshakeFailure from(String address) {
        return new HandshakeFailure(reason, address, String.valueOf(getMessage()), shown);
    }
}
