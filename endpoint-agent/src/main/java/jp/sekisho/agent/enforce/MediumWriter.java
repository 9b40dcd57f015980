package jp.sekisho.agent.enforce;

import java.io.IOException;

/** Writes to a medium while it may be written to. */
@FunctionalInterface
public interface MediumWriter {
  /**
   * Called once, on the thread that asked, when the medium is ready.
   *
   * @param medium good until this returns
   * @throws IOException ends the writing; so does a return
   */
  void write(WritableMedium medium) throws IOException;
}
