/** The registry of nodes and the founding of clusters: decide, commit, apply. */
@NullMarked
package io.rollcall.server.registry;

import org.jspecify.annotations.NullMarked;
