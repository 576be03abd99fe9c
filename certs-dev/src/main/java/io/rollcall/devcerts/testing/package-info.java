/** A clock for tests that mint certificates; located here because all their modules depend on this one. */
@NullMarked
package io.rollcall.devcerts.testing;

import org.jspecify.annotations.NullMarked;
