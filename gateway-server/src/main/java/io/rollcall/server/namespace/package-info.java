/** Tenants and the names within them. */
@NullMarked
package io.rollcall.server.namespace;

import org.jspecify.annotations.NullMarked;
