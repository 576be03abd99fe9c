/**
 * Who is at the browser: the administrator's password, sign-in with its limiter, sessions, and the guard before every
 * request.
 */
@NullMarked
package io.rollcall.adminui.signin;

import org.jspecify.annotations.NullMarked;
