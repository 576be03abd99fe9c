package io.rollcall.adminui.live;

import io.rollcall.adminui.signin.Session;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open stream of server-sent events. It holds one event at most: a newer one replaces an unsent one, since each
 * only asks the page to refresh.
 *
 * <p>Writes never block: the broadcaster writes while the stream is ready, and the container's thread continues once a
 * slow browser has read ({@link WriteListener}). The lock is held only for a copy into the container's buffer. The
 * container reports the end of the request, whatever its cause ({@link AsyncListener}).
 */
final class EventStream implements WriteListener, AsyncListener {

    private static final Logger log = LoggerFactory.getLogger(EventStream.class);

    private final Session session;
    private final Optional<String> namespace;
    private final Consumer<EventStream> whenEnded;
    private final AtomicBoolean ended = new AtomicBoolean();
    private @Nullable AsyncContext request;
    private @Nullable ServletOutputStream output;
    private boolean open;
    private boolean unflushed;
    private byte @Nullable [] latest;

    /**
     * @param namespace the namespace to follow; empty: all
     * @param whenEnded called once, by the thread that ends it
     */
    EventStream(Session session, Optional<String> namespace, Consumer<EventStream> whenEnded) {
        this.session = session;
        this.namespace = namespace;
        this.whenEnded = whenEnded;
    }

    Session session() {
        return session;
    }

    Optional<String> namespace() {
        return namespace;
    }

    /** Begins to send; from here on only this stream may complete the request. */
    void start(AsyncContext async) throws IOException {
        async.setTimeout(0);
        async.addListener(this);
        synchronized (this) {
            request = async;
            output = async.getResponse().getOutputStream();
            output.setWriteListener(this);
        }
    }

    /** Sends an event, replacing one not sent yet. */
    void offer(String event) {
        synchronized (this) {
            latest = event.getBytes(StandardCharsets.UTF_8);
        }
        send();
    }

    /** Sends a ping unless an event waits. */
    void ping() {
        synchronized (this) {
            if (latest != null) {
                return;
            }
            latest = ":\n\n".getBytes(StandardCharsets.UTF_8);
        }
        send();
    }

    void end() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        whenEnded.accept(this);
        AsyncContext async;
        synchronized (this) {
            async = request;
        }
        if (async != null) {
            complete(async);
        }
    }

    private static void complete(AsyncContext async) {
        try {
            async.complete();
        } catch (IllegalStateException e) {
            log.trace("the request of a viewer had ended already", e);
        }
    }

    @Override
    public void onWritePossible() {
        synchronized (this) {
            open = true;
        }
        send();
    }

    @Override
    public void onError(Throwable failure) {
        // The browser went away: nothing to report.
        end();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        end();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        end();
    }

    @Override
    public void onError(AsyncEvent event) {
        end();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // Only at a second start of the same request, which never happens.
    }

    private void send() {
        try {
            drain();
        } catch (IOException | IllegalStateException e) {
            // The browser went away between two writes.
            end();
        }
    }

    private synchronized void drain() throws IOException {
        ServletOutputStream out = output;
        while (out != null && open && !ended.get() && out.isReady()) {
            if (unflushed) {
                unflushed = false;
                out.flush();
            } else if (latest != null) {
                byte[] event = latest;
                latest = null;
                unflushed = true;
                out.write(event);
            } else {
                return;
            }
        }
    }
}
