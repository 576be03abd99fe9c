package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Against a real server on a real socket.
 *
 * <p>Planted bugs: redirects followed; errors taken for keys; one byte too many taken; a watchdog that does nothing; its
 * flag not looked at after connecting, or while reading.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read that hangs hears no interrupt
class KeyDownloadTest {
    private static final String KEYS = "{\"keys\":[]}";

    private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService handlers = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private final KeyDownload download = within(Duration.ofSeconds(30));
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        server.setExecutor(handlers);
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        handlers.shutdownNow();
        watchdog.shutdownNow();
    }

    private KeyDownload within(Duration deadline) {
        return new KeyDownload(deadline, watchdog, KeyServerTrust.OF_THE_JVM);
    }

    private URL at(String path, HttpHandler handler) throws IOException {
        server.createContext(path, handler);
        return URI.create("http://localhost:" + server.getAddress().getPort() + path)
                .toURL();
    }

    private static HttpHandler answering(int status, byte[] body) {
        return exchange -> {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatStandsThere_isBrought() throws Exception {
        assertThat(download.retrieveResource(at("/keys", answering(200, bytes(KEYS))))
                        .getContent())
                .isEqualTo(KEYS);
    }

    @Test
    void anError_isNoKeySet() throws Exception {
        URL broken = at("/broken", answering(500, bytes(KEYS)));
        assertThatThrownBy(() -> download.retrieveResource(broken)).hasMessage("status 500");
    }

    @Test
    void aRedirect_isNotFollowed() throws Exception {
        URL elsewhere = at("/elsewhere", answering(200, bytes(KEYS)));
        URL moved = at("/moved", exchange -> {
            exchange.getResponseHeaders().set("Location", elsewhere.toString());
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        assertThatThrownBy(() -> download.retrieveResource(moved)).hasMessage("status 302");
    }

    @Test
    void moreThanAKeySetMayBe_isRefused() throws Exception {
        URL large = at("/large", answering(200, new byte[300 << 10]));
        assertThatThrownBy(() -> download.retrieveResource(large)).hasMessage("more than 262144 bytes");
    }

    @Test
    void aByteNowAndThen_isCutOffAtTheDeadline() throws Exception {
        URL drip = at("/drip", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            drip(exchange.getResponseBody());
        });
        assertThatThrownBy(() -> within(Duration.ofSeconds(1)).retrieveResource(drip))
                .hasMessage("it took longer than 1 s");
    }

    /** Nothing can be disconnected before there is a connection; a slow name server may hold it up that long. */
    @Test
    void aConnectionThatCameAfterTheDeadline_isNotRead() throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        assertCutOff(new FakeConnection() {
            @Override
            public void connect() throws IOException {
                wait(late);
            }

            @Override
            public void disconnect() {
                late.countDown();
            }

            @Override
            public int getResponseCode() throws IOException {
                wait(over); // its head never ends
                return 200;
            }
        });
    }

    /** The reader of a real stream may hold its lock against whoever closes it, for as long as bytes come. */
    @Test
    void aStreamThatCannotBeClosedMeanwhile_isCutOffToo() throws Exception {
        assertCutOff(new FakeConnection());
    }

    private void assertCutOff(FakeConnection connection) throws Exception {
        URL slow = new URL(null, "http://localhost/keys", new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL address) {
                return connection;
            }
        });
        assertThatThrownBy(() -> within(Duration.ofSeconds(1)).retrieveResource(slow))
                .hasMessage("it took longer than 1 s");
    }

    /** Brings a byte now and then, and does not hear that it should end. */
    private class FakeConnection extends HttpURLConnection {
        FakeConnection() throws IOException {
            super(URI.create("http://localhost/keys").toURL());
        }

        void wait(CountDownLatch latch) throws IOException {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        }

        @Override
        public void connect() throws IOException {}

        @Override
        public void disconnect() {}

        @Override
        public int getResponseCode() throws IOException {
            return 200;
        }

        @Override
        public InputStream getInputStream() {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    try {
                        return over.await(100, TimeUnit.MILLISECONDS) ? -1 : ' ';
                    } catch (InterruptedException e) {
                        throw new InterruptedIOException();
                    }
                }

                @Override
                public int read(byte[] into, int from, int length) throws IOException {
                    int one = read();
                    into[from] = (byte) one;
                    return one < 0 ? -1 : 1;
                }
            };
        }

        @Override
        public boolean usingProxy() {
            return false;
        }
    }

    private void drip(OutputStream body) {
        try {
            while (!over.await(200, TimeUnit.MILLISECONDS)) {
                body.write('x');
                body.flush();
            }
        } catch (IOException | InterruptedException e) {
            over.countDown(); // the reader has gone
        }
    }
}
