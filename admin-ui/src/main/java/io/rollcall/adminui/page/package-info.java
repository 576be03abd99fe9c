/** What all pages share: the frame around them, assets, headers, error pages and how values are worded. */
@NullMarked
package io.rollcall.adminui.page;

import org.jspecify.annotations.NullMarked;
