package io.rollcall.demo;

import java.io.IOException;
import java.io.InputStream;

/** Standard input as a line to the parent: it ends when the parent does, however that dies. */
final class ParentWatch {

    private ParentWatch() {}

    static void leaveWhenItEnds(InputStream input, Runnable leave) {
        Thread reader = new Thread(
                () -> {
                    awaitEnd(input);
                    leave.run();
                },
                "lifeline");
        reader.setDaemon(true);
        reader.start();
    }

    private static void awaitEnd(InputStream input) {
        try {
            while (input.read() >= 0) {
                // What is said does not matter, only that somebody could.
            }
        } catch (IOException e) {
            System.err.println("standard input broke: " + e.getMessage());
        }
    }
}
