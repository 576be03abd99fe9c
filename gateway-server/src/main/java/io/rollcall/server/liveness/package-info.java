/** Leases: heartbeats, suspicion and expiry on the monotonic clock. */
@NullMarked
package io.rollcall.server.liveness;

import org.jspecify.annotations.NullMarked;
