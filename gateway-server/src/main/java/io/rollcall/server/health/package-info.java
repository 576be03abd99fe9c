/** Whether the gateway serves. */
@NullMarked
package io.rollcall.server.health;

import org.jspecify.annotations.NullMarked;
