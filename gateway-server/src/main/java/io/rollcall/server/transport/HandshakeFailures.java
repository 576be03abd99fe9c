package io.rollcall.server.transport;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.rollcall.server.identity.CertificateRefusedException;
import io.rollcall.server.identity.HandshakeFailure;
import io.rollcall.server.identity.HandshakeFailure.Reason;
import io.rollcall.server.identity.IdentityListener;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Determines why a handshake failed and reports it to the log and the listener. Any event loop.
 *
 * <p>BoringSSL's error strings contain a code after the library's name; known codes map to a reason, all others to
 * {@link Reason#OTHER}.
 */
final class HandshakeFailures {
    private static final Pattern WORD = Pattern.compile("OPENSSL_internal:([A-Z0-9_]+)");
    private static final int MOST_CAUSES = 20;

    /** In matching order: the first matching prefix wins. */
    private static final Map<String, Reason> WORDS = new LinkedHashMap<>();

    static {
        WORDS.put("PEER_DID_NOT_RETURN_A_CERTIFICATE", Reason.CERTIFICATE_MISSING);
        WORDS.put("NO_COMMON_SIGNATURE_ALGORITHMS", Reason.CERTIFICATE_UNSUPPORTED);
        WORDS.put("WRONG_SIGNATURE_TYPE", Reason.CERTIFICATE_UNSUPPORTED);
        WORDS.put("UNKNOWN_CERTIFICATE_TYPE", Reason.CERTIFICATE_UNSUPPORTED);
        WORDS.put("WRONG_CERTIFICATE_TYPE", Reason.CERTIFICATE_UNSUPPORTED);
        WORDS.put("BAD_ECC_CERT", Reason.CERTIFICATE_UNSUPPORTED);
        WORDS.put("KEY_USAGE_BIT_INCORRECT", Reason.CERTIFICATE_PROFILE); // required by TLS 1.3 itself
        WORDS.put("CANNOT_PARSE_LEAF_CERT", Reason.CERTIFICATE_UNREADABLE);
        WORDS.put("CERTIFICATE_AND_PRIVATE_KEY_MISMATCH", Reason.CERTIFICATE_UNREADABLE);
        WORDS.put("NO_CERTIFICATE_SET", Reason.CERTIFICATE_MISSING);
        WORDS.put("EXCESSIVE_MESSAGE_SIZE", Reason.MESSAGE_TOO_LARGE);
        WORDS.put("NO_SHARED_CIPHER", Reason.NO_SHARED_CIPHER);
        WORDS.put("WRONG_CURVE", Reason.NO_SHARED_CIPHER);
        WORDS.put("NO_SHARED_GROUP", Reason.NO_SHARED_CIPHER);
        WORDS.put("UNSUPPORTED_PROTOCOL", Reason.PROTOCOL_VERSION);
        WORDS.put("WRONG_VERSION_NUMBER", Reason.PROTOCOL_VERSION);
        WORDS.put("HTTP_REQUEST", Reason.PLAINTEXT);
        WORDS.put("HTTPS_PROXY_REQUEST", Reason.PLAINTEXT);
        WORDS.put("TLSV1_ALERT_UNKNOWN_CA", Reason.GATEWAY_UNTRUSTED);
        WORDS.put("SSLV3_ALERT_BAD_CERTIFICATE", Reason.GATEWAY_UNTRUSTED);
        WORDS.put("SSLV3_ALERT_CERTIFICATE_", Reason.GATEWAY_UNTRUSTED);
        WORDS.put("SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", Reason.GATEWAY_UNTRUSTED);
        WORDS.put("TLSV1_ALERT_PROTOCOL_VERSION", Reason.PROTOCOL_VERSION);
        // OpenSSL clients with TLS 1.3 send their alert in plaintext, where encrypted records are expected.
        WORDS.put("BAD_PACKET_LENGTH", Reason.PEER_ALERT);
        WORDS.put("SSLV3_ALERT_", Reason.PEER_ALERT);
        WORDS.put("TLSV1_ALERT_", Reason.PEER_ALERT);
    }

    private final IdentityListener listener;
    private final HandshakeLog log;

    /** @param nanos the monotonic clock, for the rate of log lines */
    HandshakeFailures(IdentityListener listener, LongSupplier nanos) {
        this.listener = listener;
        this.log = new HandshakeLog(nanos);
    }

    /**
     * @param isClosedHere whether this end closed the connection
     * @param hasHeard whether the client sent anything
     */
    void failed(String address, Throwable cause, boolean isClosedHere, boolean hasHeard) {
        HandshakeFailure failure = describe(address, cause, isClosedHere, hasHeard);
        boolean isOnlyAProbe = failure.reason() == Reason.CLOSED && !hasHeard; // by a load balancer, every few seconds
        tell(failure, isOnlyAProbe);
    }

    void notHttp2(String address) {
        tell(new HandshakeFailure(Reason.NO_HTTP2, address, "expected the protocol h2 (ALPN, RFC 7301)", null), false);
    }

    private void tell(HandshakeFailure failure, boolean isNoise) {
        log.note(failure, isNoise);
        listener.handshakeFailed(failure);
    }

    private static HandshakeFailure describe(String address, Throwable cause, boolean isClosedHere, boolean hasHeard) {
        List<Throwable> all = all(cause);
        for (Throwable one : all) {
            if (one instanceof CertificateRefusedException refused) {
                return refused.from(address);
            }
            if (one instanceof NotSslRecordException) {
                return new HandshakeFailure(Reason.PLAINTEXT, address, "what came is no TLS", null);
            }
            if (one instanceof SslHandshakeTimeoutException) {
                return timeout(address, hasHeard);
            }
        }
        for (Throwable one : all) {
            Matcher word = WORD.matcher(String.valueOf(one.getMessage()));
            if (word.find()) {
                String said = word.group(1);
                Reason reason = reason(said);
                return new HandshakeFailure(
                        reason, address, "TLS: " + said.toLowerCase(Locale.ROOT) + hint(said, reason), null);
            }
        }
        if (isClosedHere) {
            return timeout(address, hasHeard);
        }
        boolean isClosed = all.stream().anyMatch(one -> one instanceof ClosedChannelException || isReset(one));
        return new HandshakeFailure(
                isClosed ? Reason.CLOSED : Reason.OTHER,
                address,
                isClosed ? "the client closed the connection" : cause.getClass().getSimpleName(),
                null);
    }

    private static boolean isReset(Throwable one) {
        String message = String.valueOf(one.getMessage());
        return message.contains("Connection closed while SSL/TLS handshake was in progress")
                || message.contains("Connection reset");
    }

    private static HandshakeFailure timeout(String address, boolean hasHeard) {
        return new HandshakeFailure(
                Reason.TIMEOUT,
                address,
                hasHeard ? "the handshake was not finished in time" : "the client sent nothing",
                null);
    }

    /** Returns an explanation that BoringSSL's code lacks. */
    private static String hint(String word, Reason reason) {
        if (word.equals("BAD_PACKET_LENGTH")) {
            return " (so do clients of OpenSSL end it that do not trust the gateway's certificate)";
        }
        return switch (reason) {
            // A client whose certificate does not fit the gateway's offer sends none.
            case CERTIFICATE_MISSING -> " (none was shown; one on Ed25519, or on P-521 under TLS 1.3, cannot be)";
            case CERTIFICATE_PROFILE -> " (expected keyUsage digitalSignature in the first certificate)";
            case MESSAGE_TOO_LARGE -> " (see max-certificate-chain-size)";
            default -> "";
        };
    }

    private static Reason reason(String word) {
        return WORDS.entrySet().stream()
                .filter(known -> word.startsWith(known.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(Reason.OTHER);
    }

    /** Returns all causes and suppressed exceptions; netty hides the original one among them. */
    private static List<Throwable> all(Throwable top) {
        List<Throwable> all = new ArrayList<>(List.of(top));
        for (int i = 0; i < all.size() && all.size() < MOST_CAUSES; i++) {
            Throwable cause = all.get(i).getCause();
            if (cause != null) {
                all.add(cause);
            }
            Collections.addAll(all, all.get(i).getSuppressed());
        }
        return all;
    }
}
