package io.rollcall.server.identity;

import io.rollcall.server.identity.HandshakeFailure.Reason;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/**
 * A client's certificate is not a member's. The message says what was expected; it is for who runs the gateway, the
 * client hears an alert alone.
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

    /** The same, saying which certificate it was about. */
    CertificateRefusedException about(ShownCertificate certificate) {
        return new CertificateRefusedException(reason, String.valueOf(getMessage()), this, certificate);
    }

    public Reason reason() {
        return reason;
    }

    /** For counting and recording it, of a connection from this address. */
    public HandshakeFailure from(String address) {
        return new HandshakeFailure(reason, address, String.valueOf(getMessage()), shown);
    }
}
