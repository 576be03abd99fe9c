/** System tests: the packaged gateway as a process of its own, real certificates, sockets, clients and a browser. */
@NullMarked
package io.rollcall.server.system;

import org.jspecify.annotations.NullMarked;
