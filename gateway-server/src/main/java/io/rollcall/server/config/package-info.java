/** The configuration: one table of settings, read from a file and the command line. */
@NullMarked
package io.rollcall.server.config;

import org.jspecify.annotations.NullMarked;
