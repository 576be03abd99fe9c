/** Rate limits, and limits of open calls and unread replies, for each namespace, so that the others hardly notice. */
@NullMarked
package io.rollcall.server.admission;

import org.jspecify.annotations.NullMarked;
