/**
 * Lasting problems of the gateway itself, such as bad files, an ended certificate or an audit log that cannot be written:
 * for the log, the console and metrics.
 */
@NullMarked
package io.rollcall.server.alarm;

import org.jspecify.annotations.NullMarked;
