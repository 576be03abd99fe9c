/** Parses and formats hosts and ports, using only the JDK; shared by the gateway, its console and its client. */
@NullMarked
package io.rollcall.net;

import org.jspecify.annotations.NullMarked;
