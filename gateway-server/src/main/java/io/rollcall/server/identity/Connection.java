package io.rollcall.server.identity;

import io.grpc.Attributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The identity of one connection, for as long as it is open: its certificate's, and the token that was last verified
 * on it. Made once, when the handshake is over; read by each call. Any thread.
 */
final class Connection {
    static final Attributes.Key<Connection> KEY = Attributes.Key.create("rollcall-connection");
    private static final int HEX = 16;

    private final Caller caller;
    private final Origin origin;
    private final String thumbprint;
    private final long notAfterMillis;
    private volatile @Nullable Accepted last;

    /** @param address of the other end */
    Connection(SpiffeId id, X509Certificate leaf, String address) throws CertificateEncodingException {
        this.caller = id.caller();
        this.origin = new Origin(
                caller, id.toString(), address, leaf.getSerialNumber().toString(HEX), "");
        this.thumbprint = thumbprint(leaf);
        this.notAfterMillis = leaf.getNotAfter().toInstant().toEpochMilli();
    }

    Caller caller() {
        return caller;
    }

    String spiffeId() {
        return origin.id();
    }

    /** {@code x5t#S256}: SHA-256 of the DER, base64url without padding (RFC 8705 §3.1). */
    String thumbprint() {
        return thumbprint;
    }

    /** When the certificate ends; milliseconds since the epoch. */
    long notAfterMillis() {
        return notAfterMillis;
    }

    /**
     * A token that was accepted here.
     *
     * @param origin names it
     */
    record Accepted(VerifiedToken token, Origin origin) {}

    @Nullable
    Accepted lastAccepted() {
        return last;
    }

    Accepted accept(VerifiedToken token) {
        Accepted accepted = new Accepted(token, origin.withToken(token.id()));
        last = accepted;
        return accepted;
    }

    /** Who is at the other end, without a token. */
    Origin certificateOrigin() {
        return origin;
    }

    /** Who is at the other end, with the token that was accepted last. */
    Origin origin() {
        Accepted accepted = last;
        return accepted == null ? origin : accepted.origin();
    }

    private static String thumbprint(X509Certificate certificate) throws CertificateEncodingException {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
