package jp.sekisho.agent.enforce.clipboard;

import java.util.function.Consumer;

/** What holds a display's clipboard, in {@code session}. Thread-safe. */
public interface ClipboardGuard extends AutoCloseable {
  /** To whom it speaks: never called under a lock, and from one thread. */
  interface Service {
    /** Says how it stands; each time it changes. */
    void standing(Hold hold);

    /**
     * Asks whether a paste may be.
     *
     * @param then takes the answer, once or never, on any thread
     */
    void ask(Crossing crossing, Consumer<Answer> then);
  }

  /** From now on it does this. */
  void treat(Treatment treatment);

  /** Lets go of everything it holds. */
  @Override
  void close();
}
