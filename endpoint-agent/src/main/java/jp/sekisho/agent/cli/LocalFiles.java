package jp.sekisho.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import jp.sekisho.agent.export.ClerkFiles;
import jp.sekisho.agent.export.Passphrase;
import jp.sekisho.agent.export.WrittenPart;
import org.jspecify.annotations.Nullable;

/** Files that this process opens, as its own user. */
final class LocalFiles implements ClerkFiles, AutoCloseable {
  private final Iterator<Path> files;
  private final Predicate<Passphrase> window;
  private final Consumer<WrittenPart> told;
  private @Nullable InputStream open;

  /**
   * @param window shows a passphrase; whether the person confirmed
   */
  LocalFiles(List<Path> files, Predicate<Passphrase> window, Consumer<WrittenPart> told) {
    this.files = files.iterator();
    this.window = window;
    this.told = told;
  }

  @Override
  public boolean show(Passphrase passphrase) {
    return window.test(passphrase);
  }

  @Override
  public Optional<Offered> next() throws IOException {
    close();
    if (!files.hasNext()) {
      return Optional.empty();
    }
    Path file = files.next();
    long bytes = Files.size(file);
    open = Files.newInputStream(file);
    // Some file systems take names apart into letters and marks; texts have them together.
    String name = Normalizer.normalize(name(file), Normalizer.Form.NFC);
    return Optional.of(new Offered(name, bytes));
  }

  /** The last part of its path. */
  static String name(Path file) {
    Path last = file.getFileName();
    return last == null ? "" : last.toString();
  }

  @Override
  public byte[] piece() throws IOException {
    InputStream from = open;
    if (from == null) {
      throw new IOException("no file is open");
    }
    return from.readNBytes(LARGEST_PIECE);
  }

  @Override
  public void written(WrittenPart part) {
    told.accept(part);
  }

  @Override
  public void breakOff() {}

  @Override
  public void close() throws IOException {
    InputStream last = open;
    open = null;
    if (last != null) {
      last.close();
    }
  }
}
