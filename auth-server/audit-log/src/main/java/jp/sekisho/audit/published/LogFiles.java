package jp.sekisho.audit.published;

import java.io.IOException;

/** Where the files of a published log are read from. */
public interface LogFiles extends AutoCloseable {
  /**
   * Returns a file's contents.
   *
   * @param path as tlog-tiles writes it, without a leading slash
   * @param limit most bytes there may be
   * @throws java.nio.file.NoSuchFileException if there is no such file
   * @throws TooLongException if it is longer than limit
   */
  byte[] read(String path, int limit) throws IOException;

  @Override
  void close() throws IOException;

  /** A file is longer than it can be. */
  final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException(String path, int limit) {
      super(path + " is longer than " + limit + " bytes");
    }
  }
}
