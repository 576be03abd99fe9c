/** The first page: all namespaces and what needs attention. */
@NullMarked
package io.rollcall.adminui.overview;

import org.jspecify.annotations.NullMarked;
