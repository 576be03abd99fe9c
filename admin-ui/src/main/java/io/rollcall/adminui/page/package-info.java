/** Shared by all pages: layout, assets, headers, error pages and value formats. */
@NullMarked
package io.rollcall.adminui.page;

import org.jspecify.annotations.NullMarked;
