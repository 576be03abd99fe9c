/** Changes at runtime: detects changed files and applies them. */
@NullMarked
package io.rollcall.server.reload;

import org.jspecify.annotations.NullMarked;
