/** What of the gateway's own affairs is not as it should be, for the log, the console and metrics. */
@NullMarked
package io.rollcall.server.alarm;

import org.jspecify.annotations.NullMarked;
