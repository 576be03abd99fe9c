package io.rollcall.adminui.https;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Tells nodes that use the console's port by mistake where to connect, in gRPC: status UNIMPLEMENTED in a trailers-only
 * response (gRPC over HTTP2, "Responses"). Any other answer would be read as an HTTP status, and 403 as missing
 * permissions.
 */
final class GrpcCallers extends Handler.Wrapper {
    private static final Pattern GRPC = Pattern.compile("application/grpc(?:[+;].*)?", Pattern.CASE_INSENSITIVE);
    private static final String UNIMPLEMENTED = "12";

    private final Supplier<String> nodesConnectTo;

    /** @param nodesConnectTo {@code host:port} */
    GrpcCallers(Supplier<String> nodesConnectTo) {
        this.nodesConnectTo = nodesConnectTo;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2
                || !isGrpc(request.getHeaders().get(HttpHeader.CONTENT_TYPE))) {
            return super.handle(request, response, callback);
        }
        response.setStatus(HttpStatus.OK_200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/grpc");
        response.getHeaders().put("grpc-status", UNIMPLEMENTED);
        response.getHeaders()
                .put("grpc-message", percentEncoded("this is the console; nodes connect to " + nodesConnectTo.get()));
        // No content, not even an empty frame: the headers end the stream.
        response.write(true, null, callback);
        return true;
    }

    private static boolean isGrpc(@Nullable String contentType) {
        return contentType != null && GRPC.matcher(contentType).matches();
    }

    /** Encodes as in gRPC over HTTP2 ("Percent-Encoded"): printable ASCII except the percent sign is kept. */
    static String percentEncoded(String message) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : message.getBytes(StandardCharsets.UTF_8)) {
            if (each >= ' ' && each <= '~' && each != '%') {
                encoded.append((char) each);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", each & 0xFF));
            }
        }
        return encoded.toString();
    }
}
