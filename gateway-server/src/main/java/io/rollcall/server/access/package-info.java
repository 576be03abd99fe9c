/** Authorization: checks the caller against the permission that each method declares in the proto. */
@NullMarked
package io.rollcall.server.access;

import org.jspecify.annotations.NullMarked;
