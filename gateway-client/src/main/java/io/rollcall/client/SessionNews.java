package io.rollcall.client;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notifies a session's listener: of each outage once, and catches its exceptions. One thread at a time. */
final class SessionNews {

    private static final Logger log = LoggerFactory.getLogger(SessionNews.class);

    private final int nodeId;
    private final SessionListener listener;
    /** The outage last reported; null: none. */
    private @Nullable String trouble;

    private volatile @Nullable Instant troubledSince;

    SessionNews(int nodeId, SessionListener listener) {
        this.nodeId = nodeId;
        this.listener = listener;
    }

    void registered(Registration registration) {
        log.info(
                "Node {} is registered: epoch {}, bootstrap {}",
                nodeId,
                registration.epoch(),
                registration.bootstrap());
        tell(() -> listener.registered(registration));
    }

    /** Records an answer of the gateway. */
    void answered() {
        if (trouble != null) {
            trouble = null;
            troubledSince = null;
            tell(listener::recovered);
        }
    }

    /** Returns when the trouble began, if there is any; any thread. */
    Optional<Instant> troubledSince() {
        return Optional.ofNullable(troubledSince);
    }

    /** Records a failed or refused call. */
    void failed(GatewayException e) {
        String what = e.code() + e.reason().orElse("") + (e.isTransient() ? "" : e.getMessage());
        if (trouble == null) {
            troubledSince = Instant.now();
        }
        if (!what.equals(trouble)) {
            trouble = what;
            log.warn("Node {}'s session has trouble with the gateway and keeps trying: {}", nodeId, e.getMessage());
            tell(() -> listener.outage(e));
        }
    }

    /** Reports the end of the session, unless closed by its owner. */
    void over(SessionState how) {
        log.warn("Node {}'s session is over: {}", nodeId, how);
        tell(how == SessionState.REPLACED ? listener::replaced : listener::removed);
    }

    private void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            log.warn("The listener of node {}'s session threw; the session goes on", nodeId, e);
        }
    }
}
