/** The command line: {@code scripts/rollcall}. Each command is a class, named after it. */
@NullMarked
package io.rollcall.cli;

import org.jspecify.annotations.NullMarked;
