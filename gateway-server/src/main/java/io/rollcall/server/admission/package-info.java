/** Not so fast: what one namespace may ask of the gateway, so that the others hardly notice. */
@NullMarked
package io.rollcall.server.admission;

import org.jspecify.annotations.NullMarked;
