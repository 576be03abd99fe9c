package io.rollcall.client;

import io.grpc.Status;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HeartbeatRequest;
import io.rollcall.v1.HeartbeatResponse;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import io.rollcall.v1.RemoveNodeRequest;
import io.rollcall.v1.SessionEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one node registered.
 *
 * <pre>
 *              acknowledged                      acknowledged, epoch risen
 *                ┌──────┐   not_found: EXPIRED, UNKNOWN, RESET
 *   join ──► REGISTERED ◄┘ ─────────────────────────────► REJOINING ──► REGISTERED, with a new incarnation
 *                └── not_found: REPLACED, REMOVED ──► over
 * </pre>
 *
 * <p>{@link #join} runs on the caller's thread, then {@link #step} on the session's thread only: it makes one call and
 * schedules the next step. Both write the volatile fields; any thread reads them. {@link #close} and {@link #memberOf}
 * come from any thread.
 */
final class SessionLoop {

    private static final Logger log = LoggerFactory.getLogger(SessionLoop.class);
    private static final Duration LONGEST_PAUSE_OF_JOIN = Duration.ofSeconds(5);
    private static final Duration SHORTEST_DEADLINE = Duration.ofSeconds(1);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(20);

    private final RetryingCalls calls;
    private final int nodeId;
    private volatile NodeDescription description;
    private final SessionNews news;
    private final Heartbeats heartbeats;
    private final SessionTime time;
    private final RandomGenerator random;
    private final Backoff backoff;
    private final LongPause longPause;

    /** Held while a call of the session is made: two at once could end in a session that displaces itself. */
    private final ReentrantLock turn = new ReentrantLock();

    private volatile SessionState state = SessionState.REJOINING;
    private volatile @Nullable Registration registration;
    private volatile long incarnation;
    private volatile long memberOfEpoch;
    /** Whether a registration of this incarnation may have arrived although its answer did not. */
    private boolean inDoubt;
    /** The end of the wait that the gateway asked for, by {@link SessionTime#nanoTime}; guarded by this. */
    private long quietUntil;

    SessionLoop(
            RetryingCalls calls,
            int nodeId,
            NodeDescription description,
            SessionListener listener,
            SessionTime time,
            RandomGenerator random) {
        this.calls = calls;
        this.nodeId = nodeId;
        this.description = description;
        this.news = new SessionNews(nodeId, listener);
        this.heartbeats = new Heartbeats(calls, random, this::streamBroke);
        this.time = time;
        this.quietUntil = time.nanoTime();
        this.random = random;
        this.backoff = new Backoff(random);
        this.longPause = new LongPause(time, random, calls::credentialStamps);
        this.memberOfEpoch = description.memberOfEpoch();
        this.incarnation = freshIncarnation();
    }

    /** Registers for the first time, trying for up to {@code patience}; then the steps begin. */
    void join(Duration patience) {
        long start = time.nanoTime();
        while (true) {
            Duration left = patience.minusNanos(time.nanoTime() - start);
            try {
                registered(attempt(left));
                return;
            } catch (GatewayException e) {
                Duration pause = backoff.next(e, LONGEST_PAUSE_OF_JOIN);
                left = patience.minusNanos(time.nanoTime() - start);
                if (!e.isTransient() || pause.compareTo(left) >= 0) {
                    throw e;
                }
                log.info(
                        "Node {} is not registered yet, next attempt in {} ms: {}",
                        nodeId,
                        pause.toMillis(),
                        e.getMessage());
                try {
                    time.sleep(pause);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw e;
                }
            }
        }
    }

    /** Makes one call and schedules the next. Never throws, since that would silently stop the heartbeats. */
    void step() {
        if (state.isOver()) {
            return;
        }
        List<String> stamps = calls.credentialStamps(); // before the attempt: its listener may mend the files
        turn.lock();
        try {
            if (state == SessionState.REGISTERED) {
                beat();
            } else if (!state.isOver()) {
                registered(attempt(deadline()));
            }
        } catch (GatewayException e) {
            if (!state.isOver()) {
                news.failed(e);
                heed(e);
                if (e.needsMending()) {
                    longPause.before(stamps, this::step);
                } else {
                    next(backoff.next(e, interval()));
                }
            }
        } catch (RuntimeException e) {
            if (!state.isOver()) {
                log.error("A step of node {}'s session failed; the session goes on", nodeId, e);
                next(interval());
            }
        } finally {
            turn.unlock();
        }
    }

    /** Schedules the next step after {@code delay}, but never sooner than the gateway asked. */
    private synchronized void next(Duration delay) {
        Duration quiet = Duration.ofNanos(quietUntil - time.nanoTime());
        time.next(quiet.compareTo(delay) > 0 ? quiet : delay, this::step);
    }

    private synchronized void heed(GatewayException refusal) {
        refusal.retryAfter().ifPresent(delay -> {
            long until = time.nanoTime() + delay.toNanos();
            if (until - quietUntil > 0) { // a shorter delay does not replace a longer one
                quietUntil = until;
            }
        });
    }

    /**
     * Handles the revision of any reply, on any thread: if its epoch is higher than the session's, checks at once (B5),
     * or as soon as the gateway allows.
     */
    void saw(Revision at) {
        Registration known = registration;
        if (state == SessionState.REGISTERED && known != null && at.epoch() > known.epoch()) {
            next(Duration.ZERO);
        }
    }

    /** Schedules a heartbeat soon, which opens the next stream. Any thread. */
    private void streamBroke(GatewayException why, Duration pause) {
        if (state == SessionState.REGISTERED) {
            heed(why);
            next(pause.compareTo(interval()) < 0 ? pause : interval());
        }
    }

    private void beat() {
        HeartbeatResponse reply = heartbeats.beat(heartbeat(), deadline());
        answered();
        Registration known = current();
        if (!reply.getStatus().equals("acknowledged")) {
            over(reply);
        } else if (reply.getEpoch() > known.epoch()) {
            anew(isOfEndedEpoch(Revision.of(reply)));
        } else {
            next(jittered(interval()));
        }
    }

    /** Within one registry a higher epoch means that the cluster of the session's is gone, or never was. */
    private boolean isOfEndedEpoch(Revision at) {
        Registration known = registration;
        return known != null && at.registryId().equals(known.at().registryId()) && at.epoch() > known.epoch();
    }

    private void over(HeartbeatResponse reply) {
        switch (reply.getEnded()) {
            case REPLACED -> end(SessionState.REPLACED);
            case REMOVED -> end(SessionState.REMOVED);
            default -> anew(isMembershipVoid(reply));
        }
    }

    private boolean isMembershipVoid(HeartbeatResponse notFound) {
        return notFound.getEnded() == SessionEnd.RESET || isOfEndedEpoch(Revision.of(notFound));
    }

    private void anew(boolean membershipIsVoid) {
        if (membershipIsVoid) {
            memberOfEpoch = 0;
        }
        incarnation = freshIncarnation();
        inDoubt = false;
        if (become(SessionState.REJOINING)) {
            log.info("Node {}'s registration is over; registers anew", nodeId);
            registered(attempt(deadline()));
        }
    }

    private Registration attempt(Duration atMost) {
        RegisterNodeRequest request = registrationRequest();
        try {
            RegisterNodeResponse reply = calls.call(GatewayServiceGrpc.getRegisterNodeMethod(), request, atMost);
            inDoubt = false;
            return Registration.of(request.getIncarnation(), reply);
        } catch (GatewayException e) {
            if (inDoubt && e.is(Status.Code.FAILED_PRECONDITION)) {
                return afterDoubt(e, atMost);
            }
            inDoubt |= e.isTransient();
            throw e;
        }
    }

    /**
     * Handles an earlier attempt that did arrive and whose session has ended since. If it was replaced, the successor
     * is not displaced.
     */
    private Registration afterDoubt(GatewayException refusal, Duration atMost) {
        HeartbeatResponse reply = calls.call(GatewayServiceGrpc.getHeartbeatMethod(), heartbeat(), deadline());
        inDoubt = false;
        SessionEnd why = reply.getEnded();
        if (why == SessionEnd.REPLACED || why == SessionEnd.REMOVED) {
            over(reply);
            throw refusal;
        }
        if (isMembershipVoid(reply)) {
            memberOfEpoch = 0;
        }
        incarnation = freshIncarnation();
        return attempt(atMost);
    }

    private RegisterNodeRequest registrationRequest() {
        NodeDescription described = description;
        return RegisterNodeRequest.newBuilder()
                .setNodeId(nodeId)
                .setIpAddress(described.host())
                .setPort(described.port())
                .addAllCapabilities(described.capabilities())
                .putAllMetadata(described.metadata())
                .setIncarnation(incarnation)
                .setMemberOfEpoch(memberOfEpoch)
                .build();
    }

    /**
     * Replaces the node's details, in the session that runs; any thread. After an outage the next registration has them,
     * after a refusal the old ones.
     */
    Registration update(NodeDescription changed) {
        turn.lock();
        try {
            if (state.isOver()) {
                throw new IllegalStateException("the session of node " + nodeId + " is over: " + state);
            }
            NodeDescription before = description;
            description = changed;
            try {
                return updated();
            } catch (GatewayException e) {
                description = e.isTransient() ? changed : before;
                throw e;
            }
        } finally {
            turn.unlock();
        }
    }

    private Registration updated() {
        RegisterNodeRequest request = registrationRequest();
        Registration updated = Registration.of(
                request.getIncarnation(), calls.call(GatewayServiceGrpc.getRegisterNodeMethod(), request));
        if (isOfEndedEpoch(updated.at())) {
            next(Duration.ZERO); // the next heartbeat finds that the session's epoch has ended
        } else {
            registration = updated;
        }
        return updated;
    }

    private HeartbeatRequest heartbeat() {
        return HeartbeatRequest.newBuilder()
                .setNodeId(nodeId)
                .setIncarnation(incarnation)
                .build();
    }

    private void registered(Registration now) {
        boolean isOfEndedEpoch = memberOfEpoch != 0 && isOfEndedEpoch(now.at());
        registration = now;
        if (isOfEndedEpoch) { // as a member of a cluster that was reset meanwhile: nobody would found the next one
            anew(true);
            return;
        }
        if (!become(SessionState.REGISTERED)) {
            return;
        }
        answered();
        news.registered(now);
        next(jittered(interval()));
    }

    private void end(SessionState how) {
        if (become(how)) {
            time.close();
            heartbeats.close();
            news.over(how);
        }
    }

    private void answered() {
        backoff.reset();
        news.answered();
    }

    private synchronized boolean become(SessionState next) {
        if (state.isOver()) {
            return false;
        }
        state = next;
        return true;
    }

    /** Ends the steps. @return whether to notify the gateway; false if the session was already over */
    boolean close() {
        boolean wasOpen = become(SessionState.CLOSED);
        time.close();
        return wasOpen;
    }

    /** Removes the node, then closes its stream: the other order would look like a failure. */
    void leave(Duration atMost) {
        RemoveNodeRequest request = RemoveNodeRequest.newBuilder()
                .setNodeId(nodeId)
                .setIncarnation(incarnation)
                .build();
        try {
            calls.call(GatewayServiceGrpc.getRemoveNodeMethod(), request, atMost);
        } finally {
            heartbeats.close();
        }
    }

    void memberOf(long epoch) {
        memberOfEpoch = epoch;
    }

    SessionState state() {
        return state;
    }

    /** Returns since when the gateway does not answer; empty: it does, as far as is known. */
    Optional<Instant> disconnectedSince() {
        return news.troubledSince();
    }

    long incarnation() {
        return incarnation;
    }

    /** Returns the latest registration, also while registering again. */
    Registration current() {
        return Objects.requireNonNull(registration, "not registered yet");
    }

    private Duration interval() {
        Registration known = registration;
        Duration asked = known == null ? LONGEST_PAUSE_OF_JOIN : known.heartbeatInterval();
        return asked.compareTo(SHORTEST_INTERVAL) > 0 ? asked : SHORTEST_INTERVAL;
    }

    /** Returns the deadline of a heartbeat: one that takes longer than the interval is better retried. */
    private Duration deadline() {
        Duration interval = interval();
        return interval.compareTo(SHORTEST_DEADLINE) > 0 ? interval : SHORTEST_DEADLINE;
    }

    /** Varies the interval by up to a tenth, so that nodes that started together drift apart. */
    private Duration jittered(Duration interval) {
        return Duration.ofNanos(Math.round(interval.toNanos() * (0.9 + random.nextDouble() / 5)));
    }

    private long freshIncarnation() {
        long fresh = 0;
        while (fresh == 0) {
            fresh = random.nextLong();
        }
        return fresh;
    }
}
