package io.rollcall.server.transport;

import io.rollcall.server.identity.HandshakeFailure;
import io.rollcall.server.identity.HandshakeFailure.Reason;
import io.rollcall.server.identity.ShownCertificate;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs failed handshakes with their reason: at most one line per reason and second, with the number of failures since
 * the last, so that clients cannot fill the disk. Any thread.
 */
final class HandshakeLog {
    private static final Logger log = LoggerFactory.getLogger(HandshakeLog.class);
    private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

    private final LongSupplier nanos;
    private final Map<Reason, Window> windows = new ConcurrentHashMap<>();

    private static final class Window {
        private boolean hasSpoken;
        private long spokenAt;
        private long more;
    }

    HandshakeLog(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** @param isNoise whether to log it only at level debug */
    void note(HandshakeFailure failure, boolean isNoise) {
        if (isNoise) {
            log.debug("a handshake failed: {}", line(failure, 0));
            return;
        }
        Window window = windows.computeIfAbsent(failure.reason(), reason -> new Window());
        long more;
        synchronized (window) {
            long now = nanos.getAsLong();
            if (window.hasSpoken && now - window.spokenAt < WINDOW_NANOS) {
                window.more++;
                return;
            }
            window.hasSpoken = true;
            window.spokenAt = now;
            more = window.more;
            window.more = 0;
        }
        log.info("a handshake failed: {}", line(failure, more));
    }

    private static String line(HandshakeFailure failure, long more) {
        return failure.reason().label()
                + " from " + failure.address()
                + ": " + failure.detail()
                + described(failure.certificate())
                + (more == 0 ? "" : " (and " + more + " more of this reason before)");
    }

    private static String described(@Nullable ShownCertificate shown) {
        return shown == null
                ? ""
                : "; certificate of '" + shown.subject() + "' by '" + shown.issuer() + "', serial " + shown.serial()
                        + (shown.claimed().isEmpty() ? "" : ", claims " + shown.claimed());
    }
}
