/** Leadership: terms, claims and conflicts, as values and rules. */
@NullMarked
package io.rollcall.server.leader;

import org.jspecify.annotations.NullMarked;
