/** Whether the gateway is alive and ready, for balancers and orchestrators: {@code /livez} and {@code /readyz}. */
@NullMarked
package io.rollcall.adminui.health;

import org.jspecify.annotations.NullMarked;
