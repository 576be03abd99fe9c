/** The console's state as JSON under /api/v1. */
@NullMarked
package io.rollcall.adminui.api;

import org.jspecify.annotations.NullMarked;
