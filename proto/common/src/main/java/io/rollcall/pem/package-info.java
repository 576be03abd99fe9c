/** Reads PEM files of real issuers, using only the JDK; shared by the gateway, its console and its client. */
@NullMarked
package io.rollcall.pem;

import org.jspecify.annotations.NullMarked;
