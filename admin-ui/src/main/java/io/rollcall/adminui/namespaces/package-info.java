/** The page of one namespace: leader, lease settings, nodes. */
@NullMarked
package io.rollcall.adminui.namespaces;

import org.jspecify.annotations.NullMarked;
