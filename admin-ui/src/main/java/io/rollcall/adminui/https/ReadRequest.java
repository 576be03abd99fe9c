package io.rollcall.adminui.https;

import java.nio.ByteBuffer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.content.ByteBufferContentSource;
import org.eclipse.jetty.server.Request;

/** A request whose body has been read already: reading it never waits. */
final class ReadRequest extends Request.Wrapper {
    private final ByteBufferContentSource body;

    ReadRequest(Request request, ByteBuffer body) {
        super(request);
        this.body = new ByteBufferContentSource(body);
    }

    @Override
    public long getLength() {
        return body.getLength();
    }

    @Override
    public Content.Chunk read() {
        return body.read();
    }

    @Override
    public void demand(Runnable whenThere) {
        body.demand(whenThere);
    }
}
