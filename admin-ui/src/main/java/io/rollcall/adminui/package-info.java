/**
 * The administrators' browser console. It accesses the gateway only through {@link io.rollcall.adminui.ConsoleBackend}.
 */
@NullMarked
package io.rollcall.adminui;

import org.jspecify.annotations.NullMarked;
