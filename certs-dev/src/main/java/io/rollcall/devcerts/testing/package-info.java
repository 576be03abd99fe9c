/** What tests need of time where they mint certificates; here because every module that does depends on this one. */
@NullMarked
package io.rollcall.devcerts.testing;

import org.jspecify.annotations.NullMarked;
