/** Who is there, and who founds the cluster: decide, commit, apply. */
@NullMarked
package io.rollcall.server.registry;

import org.jspecify.annotations.NullMarked;
