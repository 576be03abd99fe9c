/** Who did what: the hash-chained log of security decisions and changes. */
@NullMarked
package io.rollcall.server.audit;

import org.jspecify.annotations.NullMarked;
