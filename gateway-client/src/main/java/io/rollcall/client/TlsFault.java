package io.rollcall.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.handler.ssl.NotSslRecordException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why a gateway was not reached over TLS, in one sentence that says what to mend. gRPC reports nearly all of it as
 * UNAVAILABLE, as it does an outage; the reason is in the causes, in the words of netty, OpenSSL or the JDK.
 *
 * @param message names the gateway's address, and the file if one is at fault
 * @param isTransient whether it may pass without a change of files or addresses
 */
record TlsFault(String message, boolean isTransient) {
    /** An alert's name, as BoringSSL writes it. */
    private static final Pattern ALERT = Pattern.compile("(?:TLSV1|TLSV13|SSLV3)_ALERT_([A-Z_]+)");

    /** Returns the fault, if the failure is of a kind that has one. */
    static Optional<TlsFault> of(StatusRuntimeException failure, Target target, NodeCredentials files) {
        Status status = failure.getStatus();
        String gateway = "gateway " + target;
        if (status.getCode() != Status.Code.UNAVAILABLE) {
            return Optional.empty();
        }
        for (Throwable cause : causes(status.getCause())) {
            Optional<TlsFault> fault = of(cause, gateway, files);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Optional<TlsFault> of(Throwable cause, String gateway, NodeCredentials files) {
        if (cause instanceof UnknownHostException) {
            return Optional.of(new TlsFault(gateway + ": the name is not known here", true));
        }
        if (cause instanceof ConnectException) {
            return Optional.of(new TlsFault(gateway + ": " + firstLine(cause), true));
        }
        if (cause instanceof NotSslRecordException) {
            return permanent(gateway + " does not speak TLS there (expected: the nodes' port, 8090 by default)");
        }
        if (cause instanceof GatewayTrust.UntrustedException untrusted) {
            return permanent(gateway + " shows a certificate of CA '" + untrusted.issuer() + "'; " + files.authorities()
                    + " does not hold that CA");
        }
        String text = String.valueOf(cause.getMessage());
        if (text.startsWith("No subject alternative") || text.startsWith("No name matching")) {
            return permanent(gateway + " shows a certificate for another name: " + firstLine(cause)
                    + " (expected: an address that it names, or the client's serverName)");
        }
        Matcher alert = ALERT.matcher(text);
        return alert.find() ? permanent(gateway + " " + refused(alert.group(1), files)) : Optional.empty();
    }

    private static String refused(String alert, NodeCredentials files) {
        return switch (alert) {
            case "CERTIFICATE_REQUIRED" -> "asks for a client certificate, and got none";
            case "CERTIFICATE_EXPIRED" -> "refuses " + files.certificate() + ": it has ended; write a new one there";
            case "CERTIFICATE_REVOKED" -> "refuses " + files.certificate() + ": it is revoked; get a new one";
            case "PROTOCOL_VERSION" -> "wants another version of TLS than 1.2 and 1.3";
            default ->
                "refuses " + files.certificate() + " ("
                        + alert.replace('_', ' ').toLowerCase(Locale.ROOT)
                        + "): its CA, its name or a revocation list does not fit; the gateway's log and console name the"
                        + " reason";
        };
    }

    private static Optional<TlsFault> permanent(String message) {
        return Optional.of(new TlsFault(message, false));
    }

    private static String firstLine(Throwable cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    private static List<Throwable> causes(@Nullable Throwable first) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = first; cause != null && !causes.contains(cause); cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }
}
