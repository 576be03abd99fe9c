/** Test support for users of the client: a gateway that misbehaves on demand. */
@NullMarked
package io.rollcall.client.testing;

import org.jspecify.annotations.NullMarked;
