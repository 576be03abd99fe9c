/** The console's only endpoint: one connector with TLS 1.2/1.3 and HTTP/2, with an identity from PEM files. */
@NullMarked
package io.rollcall.adminui.https;

import org.jspecify.annotations.NullMarked;
