/** For the tests of whoever uses the client: a gateway that misbehaves on demand. */
@NullMarked
package io.rollcall.client.testing;

import org.jspecify.annotations.NullMarked;
