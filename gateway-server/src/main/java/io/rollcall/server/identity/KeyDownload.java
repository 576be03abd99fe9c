package io.rollcall.server.identity;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
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
    private static final int FIRST_ERROR = 300;
    private static final long CUT_OFF_AGAIN_MILLIS = 100;

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
        // Repeated, because during the name look-up there is nothing to disconnect yet, and the response would then be
        // read.
        ScheduledFuture<?> cutOff = watchdog.scheduleWithFixedDelay(
                () -> {
                    isLate.set(true); // first: the reader sees the flag at once
                    connection.disconnect();
                },
                millis,
                CUT_OFF_AGAIN_MILLIS,
                TimeUnit.MILLISECONDS);
        try {
            Resource all = read(connection);
            if (isLate.get()) {
                throw new IOException("cut off");
            }
            return all;
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

    private static Resource read(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        if (status >= FIRST_ERROR) {
            throw new IOException("status " + status);
        }
        try (InputStream body = connection.getInputStream()) {
            byte[] bytes = body.readNBytes(LARGEST_BYTES + 1);
            if (bytes.length > LARGEST_BYTES) {
                throw new IOException("more than " + LARGEST_BYTES + " bytes");
            }
            @Nullable String type = connection.getContentType();
            return new Resource(new String(bytes, StandardCharsets.UTF_8), type);
        }
    }
}
