/**
 * Authentication of browser users: the administrator's password, sign-in with its limiter, sessions, and the guard of
 * every request.
 */
@NullMarked
package io.rollcall.adminui.signin;

import org.jspecify.annotations.NullMarked;
