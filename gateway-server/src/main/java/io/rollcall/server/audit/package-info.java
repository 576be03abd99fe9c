/** The hash-chained audit log of security decisions and changes. */
@NullMarked
package io.rollcall.server.audit;

import org.jspecify.annotations.NullMarked;
