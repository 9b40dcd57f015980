package jp.sekisho.agent.enforce;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * A medium while this agent alone can read it. Nothing on it is believed: names are bytes, links
 * are never followed, and what is neither a file nor a directory is never opened. From any thread,
 * one at a time.
 */
public interface ReadableMedium {
  /**
   * Its root directory; the caller closes it.
   *
   * @throws IOException when the medium fails or the reading is broken off
   */
  Directory root() throws IOException;

  /** A directory of the medium. */
  interface Directory extends Closeable {
    /**
     * What is in it, in the order of the bytes; neither itself nor its parent.
     *
     * @throws IOException when there is more than {@code most}, it cannot be read to its end, or
     *     the reading is broken off
     */
    List<byte[]> names(int most) throws IOException;

    /**
     * What is there under a name; the caller closes it.
     *
     * @throws IOException when it cannot be looked at, or the reading is broken off
     */
    Entry open(byte[] name) throws IOException;
  }

  /** What a name leads to. */
  sealed interface Entry extends Closeable {
    /** Closes what was opened. */
    @Override
    default void close() throws IOException {}

    /** A directory of the same file system. */
    record Folder(Directory directory) implements Entry {
      @Override
      public void close() throws IOException {
        directory.close();
      }
    }

    /**
     * A regular file.
     *
     * @param content throws once the reading is broken off
     * @param bytes how long the medium says it is
     */
    record Plain(InputStream content, long bytes) implements Entry {
      @Override
      public void close() throws IOException {
        content.close();
      }
    }

    /** A link, a device, a pipe, a socket, or another file system. */
    record Special() implements Entry {}
  }
}
