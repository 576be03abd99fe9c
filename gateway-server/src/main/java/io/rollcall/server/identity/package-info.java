/** Who is calling: the certificate of the connection, the token of the call, and the caller that both agree on. */
@NullMarked
package io.rollcall.server.identity;

import org.jspecify.annotations.NullMarked;
