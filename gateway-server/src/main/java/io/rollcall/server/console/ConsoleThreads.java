package io.rollcall.server.console;

import io.rollcall.adminui.ThreadWatch;
import io.rollcall.server.watchdog.CheckIn;
import io.rollcall.server.watchdog.OutOfMemory;

/** Reports the console's threads to the watchdog. */
public final class ConsoleThreads implements ThreadWatch {
    private final CheckIn live = new CheckIn("console-live");

    /** The check-in of the thread that sends changes to pages. */
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
        var unused = OutOfMemory.endProcessOrRefuse(error); // the response is a 500 either way
    }
}
