/** Limits of rates, open calls and unread replies for each namespace, so that it barely affects the others. */
@NullMarked
package io.rollcall.server.admission;

import org.jspecify.annotations.NullMarked;
