/** Reads PEM files of real issuers, with the JDK alone: the gateway, its console and its client share it. */
@NullMarked
package io.rollcall.pem;

import org.jspecify.annotations.NullMarked;
