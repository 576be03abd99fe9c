/** Storage engines of the registry, behind {@link io.rollcall.server.registry.RegistryStore}. */
@NullMarked
package io.rollcall.server.store;

import org.jspecify.annotations.NullMarked;
