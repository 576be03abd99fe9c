package io.rollcall.adminui.https;

import com.github.benmanes.caffeine.cache.Ticker;
import java.util.Optional;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Keeps threads from waiting for clients: a request is handled once its whole body has arrived, and its answer is sent
 * after the handler has returned, both without blocking.
 *
 * <pre>
 *  headers ──► counted ──► body read piece by piece ──► handled by a thread ──► answer gathered ──► sent
 *               │            no thread waits             never waits               64 KiB at most     no thread waits
 *               └─ late or one too many: {@link ClientConnections} closes the connection
 * </pre>
 *
 * <p>Jetty's EagerContentHandler is not sufficient: an HTTP/2 request without a length is passed on at once, and a
 * thread then waits for its body.
 */
final class BufferedExchanges extends Handler.Wrapper {
    private final ClientConnections connections;
    private final int longestBody;
    private final Ticker ticker;

    /** @param longestBody in bytes; longer bodies are answered with 413 */
    BufferedExchanges(ClientConnections connections, int longestBody, Ticker ticker) {
        this.connections = connections;
        this.longestBody = longestBody;
        this.ticker = ticker;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        PendingRequest pending = new PendingRequest(ticker.read());
        Optional<ClientConnection> client = connections.begin(connectionOf(request), pending);
        if (client.isEmpty()) {
            callback.failed(new EofException("closed to make room for others"));
            return true;
        }
        Request.addCompletionListener(request, failure -> connections.end(client.get(), pending));
        request.setAttribute(ClientConnection.ATTRIBUTE, client.get());
        new Exchange(request, response, callback, pending).run();
        return true;
    }

    /** Returns the connection that owns the socket. */
    private static SslConnection connectionOf(Request request) {
        var decrypted = request.getConnectionMetaData().getConnection().getEndPoint();
        return ((SslConnection.SslEndPoint) decrypted).getSslConnection();
    }

    /** One request on its way to the next handler; run again whenever more of its body may be available. */
    private final class Exchange implements Runnable {
        private final Request request;
        private final Response response;
        private final Callback callback;
        private final PendingRequest pending;
        private final BoundedBytes body = new BoundedBytes(longestBody);
        private boolean hasWaited;

        Exchange(Request request, Response response, Callback callback, PendingRequest pending) {
            this.request = request;
            this.response = response;
            this.callback = callback;
            this.pending = pending;
        }

        @Override
        public void run() {
            while (true) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    hasWaited = true;
                    request.demand(this);
                    return;
                }
                if (Content.Chunk.isFailure(chunk)) {
                    callback.failed(chunk.getFailure());
                    return;
                }
                boolean fits = body.add(chunk.getByteBuffer());
                chunk.release();
                if (!fits) {
                    Response.writeError(request, response, callback, HttpStatus.PAYLOAD_TOO_LARGE_413);
                    return;
                }
                if (chunk.isLast()) {
                    connections.read(pending);
                    proceed();
                    return;
                }
            }
        }

        /** Continues on another thread if the current one only delivered the body. */
        private void proceed() {
            if (hasWaited) {
                request.getComponents().getExecutor().execute(this::pass);
            } else {
                pass();
            }
        }

        private void pass() {
            BufferedResponse gathered = new BufferedResponse(request, response);
            Callback whenHandled = Callback.from(
                    () -> {
                        connections.handled(pending);
                        gathered.send(callback);
                    },
                    callback::failed);
            try {
                if (!BufferedExchanges.super.handle(new ReadRequest(request, body.all()), gathered, whenHandled)) {
                    Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
                }
            } catch (Exception e) {
                Response.writeError(request, response, callback, e);
            }
        }
    }
}
