package io.rollcall.adminui.https;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * An answer that is gathered while its handler writes, and sent when the handler has returned. Two kinds go straight
 * through: streams of events, which do not block, and what is longer than {@link HttpsServer#LONGEST_GATHERED}. Of the latter a stranger
 * gets none (a test watches over it), so that nobody can hold a thread by not reading.
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

    /** The handler has returned. */
    void send(Callback callback) {
        if (isStraight) {
            callback.succeeded();
        } else {
            super.write(true, gathered.all(), callback);
        }
    }
}
