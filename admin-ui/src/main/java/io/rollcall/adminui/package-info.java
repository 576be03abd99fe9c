/**
 * The console: what administrators see of a gateway in a browser. It knows the gateway only by
 * {@link io.rollcall.adminui.ConsoleBackend}.
 */
@NullMarked
package io.rollcall.adminui;

import org.jspecify.annotations.NullMarked;
