package io.rollcall.server.audit;

import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.AuditEnd;
import io.rollcall.server.testing.TestTicker;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Gives each test of a class an audit log of its own, which a test reads by its files, and times that it moves. */
abstract class AuditTrailFixture {
    static final CallIdentity NODE_1 = new CallIdentity(
            new Caller.NodeCaller(new NamespaceName("alpha"), NodeId.of(1)),
            "spiffe://example.org/ns/alpha/node/1",
            "127.0.0.1:4711",
            "c0ffee",
            "token-1");

    @TempDir
    Path temp;

    final TestClock clock = new TestClock(LogDirectory.NOON);
    final TestTicker ticker = new TestTicker();
    final AuditRateLimiter limiter = new AuditRateLimiter(clock, ticker::nanos);
    LogDirectory directory;
    AuditTrail trail;

    @BeforeEach
    void openTrail() throws Exception {
        directory = new LogDirectory(temp.resolve("audit"));
        trail = open(directory, limiter);
    }

    @AfterEach
    void closeTrail() throws Exception {
        trail.close();
    }

    /** Another log, or this one again. */
    final AuditTrail open(LogDirectory directory, AuditRateLimiter limiter) throws Exception {
        return new AuditTrail(directory.open(AuditEnd.NONE), limiter, new Alarms(clock, whose -> {}), clock);
    }
}
