/** The gateway's metrics for Prometheus, at {@code /metrics}. */
@NullMarked
package io.rollcall.adminui.metrics;

import org.jspecify.annotations.NullMarked;
