package io.rollcall.adminui.https;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * An answer that is buffered while its handler writes, and sent after the handler has returned. Two kinds are not
 * buffered: event streams, which do not block, and answers longer than {@link HttpsServer#LONGEST_GATHERED}.
 * Unauthenticated clients get none of the latter (a test checks this), so that they cannot hold a thread by not
 * reading.
 */
final class BufferedResponse extends Response.Wrapper {
    private static final String EVENTS = "text/event-stream";

    private final BoundedBytes gathered = new BoundedBytes(HttpsServer.LONGEST_GATHERED);
    private boolean isStraight;
    private boolean isWhole;

    BufferedResponse(Request request, Response response) {
        super(request, response);
    }

    @Override
    public void write(boolean last, ByteBuffer content, Callback callback) {
        if (isStraight || isEvents()) {
            isStraight = true;
            super.write(last, content, callback);
        } else if (gathered.add(content == null ? BufferUtil.EMPTY_BUFFER : content)) {
            isWhole |= last;
            callback.succeeded();
        } else {
            isStraight = true;
            super.write(
                    false, gathered.all(), Callback.from(() -> super.write(last, content, callback), callback::failed));
        }
    }

    private boolean isEvents() {
        String type = getHeaders().get(HttpHeader.CONTENT_TYPE);
        return type != null && type.startsWith(EVENTS);
    }

    @Override
    public boolean hasLastWrite() {
        return isWhole || super.hasLastWrite();
    }

    @Override
    public void reset() {
        super.reset();
        gathered.clear();
        isWhole = false;
    }

    /** Sends the answer after the handler has returned. */
    void send(Callback callback) {
        if (isStraight) {
            callback.succeeded();
        } else {
            super.write(true, gathered.all(), callback);
        }
    }
}
