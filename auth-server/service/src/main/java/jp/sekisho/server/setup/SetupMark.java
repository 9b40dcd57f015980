package jp.sekisho.server.setup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jp.sekisho.server.storage.PrivateFiles;

/**
 * The file {@code keys/setup} beside the database, so that whoever writes the database alone can
 * neither take the first start away nor open it again: {@code open} since {@code init}, {@code
 * finished} for good; absent where no first start was demanded.
 */
final class SetupMark {
  private static final int LONGEST = 16;

  private final Path file;

  SetupMark(Path file) {
    this.file = file;
  }

  /** What the file says. */
  enum Says {
    /** There is none: nothing was demanded. */
    NOTHING,
    /** A row must be there, and decides. */
    OPEN,
    /** Finished, whatever a row says. */
    FINISHED
  }

  /** Reads it; what is neither of the two words counts as open, which lets in least. */
  Says read() {
    if (!Files.exists(file)) {
      return Says.NOTHING;
    }
    try {
      String text = new String(PrivateFiles.read(file, LONGEST), StandardCharsets.US_ASCII);
      return text.strip().equals("finished") ? Says.FINISHED : Says.OPEN;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void open() throws IOException {
    PrivateFiles.writeNew(file, "open\n".getBytes(StandardCharsets.US_ASCII));
  }

  /** Durable on return. */
  void finish() {
    try {
      PrivateFiles.replace(file, "finished\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
