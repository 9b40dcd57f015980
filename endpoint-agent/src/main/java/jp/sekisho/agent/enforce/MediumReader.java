package jp.sekisho.agent.enforce;

import java.io.IOException;

/** Reads a medium while it may be read. */
@FunctionalInterface
public interface MediumReader {
  /**
   * Called once, on the thread that asked, when the medium is ready.
   *
   * @param medium good until this returns
   * @throws IOException ends the reading; so does a return
   */
  void read(ReadableMedium medium) throws IOException;
}
