package jp.sekisho.agent.export;

import java.io.IOException;
import java.util.Optional;

/**
 * The files of whoever asks for an export, as their own process hands them over: nothing it says is
 * believed. For one thread, but for {@link #breakOff}.
 */
public interface ClerkFiles {
  /** Largest piece of a file, in bytes. */
  int LARGEST_PIECE = 65_536;

  /**
   * A file that is offered.
   *
   * @param name without a directory; in no log
   * @param bytes how many it says there are
   */
  record Offered(String name, long bytes) {}

  /**
   * Shows the passphrase to the person, in a window of their own screen.
   *
   * @return whether they said that they have it; false also when nobody waits any more
   */
  boolean show(Passphrase passphrase);

  /** The next file; empty after the last. */
  Optional<Offered> next() throws IOException;

  /**
   * The next piece of that file, at most {@value #LARGEST_PIECE} bytes; an empty one is its end.
   *
   * @throws IOException when it cannot be read, nobody hands it over any more, or {@link #breakOff}
   */
  byte[] piece() throws IOException;

  /** Says that a part stands on the medium and in the records. */
  void written(WrittenPart part);

  /** Lets whoever waits here wait no more; from any thread. */
  void breakOff();
}
