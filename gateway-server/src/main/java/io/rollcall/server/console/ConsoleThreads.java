package io.rollcall.server.console;

import io.rollcall.adminui.ThreadWatch;
import io.rollcall.server.watchdog.CheckIn;
import io.rollcall.server.watchdog.OutOfMemory;

/** The console's threads, as the watchdog sees them. */
public final class ConsoleThreads implements ThreadWatch {
    private final CheckIn live = new CheckIn("console-live");

    /** Of the thread that tells pages of changes. */
    public CheckIn checkIn() {
        return live;
    }

    @Override
    public void cameRound() {
        live.here();
    }

    @Override
    public void failed(Throwable thrown) {
        OutOfMemory.endProcessIf(thrown);
    }

    @Override
    public void requestFailed(Error error) {
        var unused = OutOfMemory.endProcessOrRefuse(error); // the request is answered by 500 either way
    }
}
