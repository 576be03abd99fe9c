/** Tests that every {@link io.rollcall.server.registry.RegistryStore} must pass. */
@NullMarked
package io.rollcall.server.store.testing;

import org.jspecify.annotations.NullMarked;
