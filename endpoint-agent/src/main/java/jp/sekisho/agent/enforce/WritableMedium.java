package jp.sekisho.agent.enforce;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A medium while this agent alone can write to it. Files are only added: what is there is neither
 * listed, read, changed nor removed. From any thread, one at a time.
 */
public interface WritableMedium {
  /**
   * Makes a new file in its root directory.
   *
   * @param name one that FAT takes, without a directory
   * @throws IOException when something of that name is there, the medium does not take it, or the
   *     writing is broken off
   */
  NewFile create(String name) throws IOException;

  /** How many bytes fit, about. */
  long free() throws IOException;

  /** A file that this agent is writing. Closing it changes nothing of what is on the medium. */
  interface NewFile extends Closeable {
    /** Its content so far is what was written here; throws once the writing is broken off. */
    OutputStream out();

    /**
     * Makes content and name durable and gives back what the medium itself then says the content
     * is, not what the system remembers of it.
     */
    InputStream readBack() throws IOException;

    /** Takes it away again; whether it is gone. */
    boolean remove();
  }
}
