/**
 * Lasting problems that whoever runs the gateway must know of, such as bad files, an ended certificate, too many open
 * files or two machines with one identity: for the log, the console and metrics.
 */
@NullMarked
package io.rollcall.server.alarm;

import org.jspecify.annotations.NullMarked;
