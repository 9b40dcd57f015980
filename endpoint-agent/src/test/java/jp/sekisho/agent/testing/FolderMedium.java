package jp.sekisho.agent.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import jp.sekisho.agent.enforce.ReadableMedium;
import org.jspecify.annotations.Nullable;

/** A medium in memory that is read; scripts may let it fail or lie. */
public final class FolderMedium implements ReadableMedium {
  /** What something is that is neither file nor folder. */
  public static final byte[] SPECIAL = {};

  /** Files by their paths, a character of a name for each byte. */
  public final Map<String, byte[]> files = new LinkedHashMap<>();

  /** How long a file says it is, where that is another number than it has. */
  public final Map<String, Long> said = new LinkedHashMap<>();

  /** Called before each read of content. */
  public Runnable beforeRead = () -> {};

  /** It cannot be read any more. */
  public boolean broken;

  /** Folders and files that are open. */
  public int open;

  private final BooleanSupplier wanted;

  /** One whose reading is broken off when {@code wanted} says no. */
  public FolderMedium(BooleanSupplier wanted) {
    this.wanted = wanted;
  }

  /** With a file whose path is in UTF-8. */
  public FolderMedium with(String path, byte[] content) {
    files.put(
        new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1), content);
    return this;
  }

  private void goOn() throws IOException {
    if (!wanted.getAsBoolean() || broken) {
      throw new IOException("broken off");
    }
  }

  @Override
  public Directory root() throws IOException {
    goOn();
    open++;
    return new Folder("");
  }

  private final class Folder implements Directory {
    private final String path;

    Folder(String path) {
      this.path = path;
    }

    @Override
    public List<byte[]> names(int most) throws IOException {
      goOn();
      List<byte[]> names =
          files.keySet().stream()
              .filter(each -> each.startsWith(path))
              .map(each -> each.substring(path.length()).split("/", -1)[0])
              .distinct()
              .map(each -> each.getBytes(StandardCharsets.ISO_8859_1))
              .toList();
      if (names.size() > most) {
        throw new IOException("too many");
      }
      return new ArrayList<>(names);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very one
    public Entry open(byte[] name) throws IOException {
      goOn();
      String whole = path + new String(name, StandardCharsets.ISO_8859_1);
      byte @Nullable [] content = files.get(whole);
      if (content == SPECIAL) {
        return new Entry.Special();
      }
      open++;
      return content == null
          ? new Entry.Folder(new Folder(whole + "/"))
          : new Entry.Plain(new Content(content), said.getOrDefault(whole, (long) content.length));
    }

    @Override
    public void close() {
      open--;
    }
  }

  private final class Content extends InputStream {
    private final ByteArrayInputStream in;

    Content(byte[] content) {
      in = new ByteArrayInputStream(content);
    }

    @Override
    public int read() throws IOException {
      throw new IOException("read by the piece");
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      beforeRead.run();
      goOn();
      return in.read(bytes, from, length);
    }

    @Override
    public void close() {
      open--;
    }
  }
}
