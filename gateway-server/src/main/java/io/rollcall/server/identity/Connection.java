package io.rollcall.server.identity;

import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.ClientTrust.Vetting;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An open connection: its identity by the certificate, the result of the last validation, the token that was last
 * verified on it, and its open streams. Created when the handshake is over; read by each call. Any thread.
 */
public final class Connection {
    private final Caller caller;
    private final CallIdentity identity;
    private final String thumbprint;
    private final Supplier<X509Certificate[]> chain;
    private final Runnable hangUp;
    private final Set<OpenStream> streams = ConcurrentHashMap.newKeySet();
    private volatile Vetting vetting;
    private final Authentication certificateAlone;
    private volatile @Nullable Authentication last;
    private volatile boolean hasReprieve;
    private final AtomicReference<@Nullable RefusedException> ended = new AtomicReference<>();

    /**
     * @param leaf the client's own certificate
     * @param chain as for {@link Authenticator#opened}
     * @param address the remote address
     * @param hangUp closes the connection once pending data is sent; never waits; may run more than once
     */
    Connection(
            Vetting vetting, X509Certificate leaf, Supplier<X509Certificate[]> chain, String address, Runnable hangUp)
            throws CertificateEncodingException {
        this.caller = vetting.id().caller();
        this.identity = new CallIdentity(caller, vetting.id().toString(), address, CallIdentity.serial(leaf), "");
        this.thumbprint = thumbprint(leaf);
        this.chain = chain;
        this.vetting = vetting;
        this.hangUp = hangUp;
        this.certificateAlone = new Authentication(this, null, identity);
    }

    Caller caller() {
        return caller;
    }

    String spiffeId() {
        return identity.id();
    }

    /** {@code x5t#S256}: SHA-256 of the DER, base64url without padding (RFC 8705 §3.1). */
    String thumbprint() {
        return thumbprint;
    }

    /** The chain as sent by the client, its own certificate first; other objects each time. */
    X509Certificate[] chain() {
        return chain.get();
    }

    /** The result of the last validation of the certificate. */
    Vetting vetting() {
        return vetting;
    }

    void vetted(Vetting anew) {
        vetting = anew;
    }

    /** The authentication by the token that was accepted last; null: none was. */
    @Nullable
    Authentication lastAuthentication() {
        return last;
    }

    Authentication accept(VerifiedToken token) {
        Authentication accepted = new Authentication(this, token, identity.withToken(token.id()));
        last = accepted;
        return accepted;
    }

    /** The authentication without a token. */
    Authentication certificateAlone() {
        return certificateAlone;
    }

    /** The identity of the client, with the token that was accepted last. */
    public CallIdentity identity() {
        Authentication accepted = last;
        return accepted == null ? identity : accepted.identity();
    }

    Set<OpenStream> streams() {
        return streams;
    }

    /** Why every call on it is refused; null while it is valid. */
    @Nullable
    RefusedException ended() {
        return ended.get();
    }

    /**
     * Refuses all further calls for this reason; keeps the connection for a while, so that its client gets the reason.
     */
    void refuse(RefusedException why) {
        if (ended.compareAndSet(null, why)) {
            hasReprieve = true;
        }
    }

    /** Whether the sweep spares the connection; true once, after it was refused. */
    boolean takeReprieve() {
        boolean was = hasReprieve;
        hasReprieve = false;
        return was;
    }

    /**
     * Refuses all open streams and further calls, and closes the connection.
     *
     * @return false if it had been ended already
     */
    boolean end(RefusedException why) {
        boolean isFirst = ended.compareAndSet(null, why);
        streams.forEach(stream -> stream.end(why));
        hangUp.run();
        return isFirst;
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
