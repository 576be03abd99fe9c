/** The console's only way in: one connector with TLS 1.2/1.3 and HTTP/2, its identity read from PEM files. */
@NullMarked
package io.rollcall.adminui.https;

import org.jspecify.annotations.NullMarked;
