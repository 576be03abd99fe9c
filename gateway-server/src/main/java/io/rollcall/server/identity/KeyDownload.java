package io.rollcall.server.identity;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Downloads the content of an address within limits of total time and size. Does not follow redirects. Disconnects a
 * slow server at the deadline. Blocks; thread-safe.
 */
final class KeyDownload implements ResourceRetriever {
    private static final int LARGEST_BYTES = 256 << 10;
    private static final int PART_BYTES = 8 << 10;
    private static final int FIRST_ERROR = 300;

    private final Duration deadline;
    private final ScheduledExecutorService watchdog;
    private final KeyServerTrust trust;

    /** @param watchdog ends downloads at the deadline; its owner shuts it down */
    KeyDownload(Duration deadline, ScheduledExecutorService watchdog, KeyServerTrust trust) {
        this.deadline = deadline;
        this.watchdog = watchdog;
        this.trust = trust;
    }

    @Override
    public Resource retrieveResource(URL address) throws IOException {
        if (!(address.openConnection() instanceof HttpURLConnection connection)) {
            throw new IOException("not a web address");
        }
        int millis = Math.toIntExact(deadline.toMillis());
        connection.setConnectTimeout(millis);
        connection.setReadTimeout(millis);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        trust.applyTo(connection);
        AtomicBoolean isLate = new AtomicBoolean();
        ScheduledFuture<?> cutOff = watchdog.schedule(
                () -> {
                    isLate.set(true); // first: the reader sees the flag at once
                    connection.disconnect();
                },
                millis,
                TimeUnit.MILLISECONDS);
        try {
            return read(connection, isLate);
        } catch (IOException | RuntimeException e) {
            // HttpURLConnection may throw anything when it is disconnected by another thread.
            if (isLate.get()) {
                throw new IOException("it took longer than " + deadline.toSeconds() + " s", e);
            }
            if (e instanceof SSLException refused) {
                throw trust.explained(refused);
            }
            throw e;
        } finally {
            cutOff.cancel(false);
            connection.disconnect();
        }
    }

    /** Looks at {@code isLate} itself: disconnecting does nothing before there is a connection. */
    private static Resource read(HttpURLConnection connection, AtomicBoolean isLate) throws IOException {
        connection.connect();
        requireInTime(isLate);
        int status = connection.getResponseCode();
        if (status >= FIRST_ERROR) {
            throw new IOException("status " + status);
        }
        try (InputStream body = connection.getInputStream()) {
            byte[] bytes = read(body, isLate);
            @Nullable String type = connection.getContentType();
            return new Resource(new String(bytes, StandardCharsets.UTF_8), type);
        }
    }

    /** Disconnecting waits for the stream's lock, which a reader that gets a byte now and then may never leave to it. */
    private static byte[] read(InputStream body, AtomicBoolean isLate) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] part = new byte[PART_BYTES];
        for (int length = body.read(part); length >= 0; length = body.read(part)) {
            requireInTime(isLate);
            bytes.write(part, 0, length);
            if (bytes.size() > LARGEST_BYTES) {
                throw new IOException("more than " + LARGEST_BYTES + " bytes");
            }
        }
        requireInTime(isLate);
        return bytes.toByteArray();
    }

    private static void requireInTime(AtomicBoolean isLate) throws IOException {
        if (isLate.get()) {
            throw new IOException("cut off");
        }
    }
}
