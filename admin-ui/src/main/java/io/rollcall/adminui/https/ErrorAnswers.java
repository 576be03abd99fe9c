package io.rollcall.adminui.https;

import io.rollcall.adminui.page.SecurityHeaders;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers requests that Jetty refuses itself, such as one it cannot parse. Sends one line of plain text with the status
 * and nothing of the request, with the usual security headers.
 */
final class ErrorAnswers implements Request.Handler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        SecurityHeaders.each(Request.getServerName(request), (name, value) -> response.getHeaders()
                .put(new HttpField(name, value)));
        if (HttpMethod.CONNECT.is(request.getMethod())
                && request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
            // Jetty keeps it open for a tunnel, even when there is none and the client said "close" (RFC 9112 §9.6).
            response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
        }
        int status = response.getStatus();
        if (HttpStatus.hasNoBody(status)) {
            callback.succeeded();
            return true;
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
        String line = status + " " + HttpStatus.getMessage(status) + "\n";
        response.write(true, StandardCharsets.UTF_8.encode(line), callback);
        return true;
    }
}
