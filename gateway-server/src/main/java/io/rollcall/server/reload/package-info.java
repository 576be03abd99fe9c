/** Changes while the gateway runs: which files changed, and what is made of them. */
@NullMarked
package io.rollcall.server.reload;

import org.jspecify.annotations.NullMarked;
