/** Authentication: the certificate of the connection, the token of the call, and the caller on which both agree. */
@NullMarked
package io.rollcall.server.identity;

import org.jspecify.annotations.NullMarked;
