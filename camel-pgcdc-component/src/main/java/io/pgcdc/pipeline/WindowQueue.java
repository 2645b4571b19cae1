package io.pgcdc.pipeline;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The windows between reader and delivery, in order. Thread-safe. An interrupt only cuts a wait short. */
final class WindowQueue {

    private final ArrayBlockingQueue<Window> windows;

    WindowQueue(int capacity) {
        this.windows = new ArrayBlockingQueue<>(capacity);
    }

    /** Waits up to the time for room; tells whether the window was taken. */
    boolean offer(Window window, long milliseconds) {
        try {
            return windows.offer(window, milliseconds, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Waits up to the time for a window; {@code null} if none came. */
    Window poll(long milliseconds) {
        try {
            return windows.poll(milliseconds, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return null;
        }
    }
}
