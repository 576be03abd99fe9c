/**
 * Lasting problems that an operator of the gateway must know about, such as bad files, an expired certificate, too many
 * open files or two machines with one identity. Shown in the log, the console and metrics.
 */
@NullMarked
package io.rollcall.server.alarm;

import org.jspecify.annotations.NullMarked;
