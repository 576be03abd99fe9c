package io.rollcall.server.watchdog;

import java.io.OutputStream;

/** For tests of other packages: tells when {@link OutOfMemory} would end the process, which goes on. */
public final class EndOfProcess implements AutoCloseable {

    public EndOfProcess(Runnable ends) {
        OutOfMemory.arm(new OutOfMemory(OutputStream.nullOutputStream(), code -> ends.run()));
    }

    @Override
    public void close() {
        OutOfMemory.arm(null);
    }
}
