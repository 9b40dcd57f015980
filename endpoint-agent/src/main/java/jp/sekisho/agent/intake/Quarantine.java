package jp.sekisho.agent.intake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import jp.sekisho.agent.config.AtomicFile;
import jp.sekisho.agent.enforce.ReadableMedium;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;

/**
 * A directory of root's alone in which the files of one medium lie, under numbers, until they were
 * looked at; empty before and after. One import at a time.
 *
 * <p>Copied are regular files with plain names. Names, links, devices, other file systems and
 * folders past {@value #DEEPEST} levels are named as left out; what Windows keeps for itself on a
 * stick is passed over. A medium with more than there is room for is not copied in part: nothing of
 * it is.
 */
public final class Quarantine implements AutoCloseable {
  /** Deepest folder below the root: 1 for one in it. */
  public static final int DEEPEST = 8;

  /** Names of a medium that are looked at; one with more is not taken in. */
  public static final int MOST_NAMES = 200_000;

  /** Most bytes of these names together. */
  static final int MOST_NAME_BYTES = 16 << 20;

  /** What is named as left out; a medium with more of it is not taken in. */
  public static final int MOST_LEFT_OUT = 1_000;

  /** What must stay free on the disk: records of this terminal stand there too. */
  public static final long RESERVE = 256L << 20;

  private static final int LONGEST_SHOWN = 300;

  /** Windows makes them on every stick; nobody sent them. */
  private static final Set<String> NOBODYS = Set.of("System Volume Information", "$RECYCLE.BIN");

  /**
   * What may be copied.
   *
   * @param files how many
   * @param bytes of all of them
   * @param largest of one; a larger one is left out
   */
  public record Bounds(int files, long bytes, long largest) {}

  /**
   * A file in quarantine.
   *
   * @param path its folders on the medium, then its name
   * @param place where it lies
   * @param bytes how many were read
   * @param sha256 base64url of the SHA-256 of these
   */
  public record Held(List<String> path, Path place, long bytes, String sha256) {
    public Held {
      path = List.copyOf(path);
    }

    /** Its path as one text. */
    public String shown() {
      return String.join("/", path);
    }
  }

  /**
   * What is there after a copy.
   *
   * @param leftOut what was not copied, and why
   */
  public record Copied(List<Held> held, List<ClerkFolder.LeftOut> leftOut) {
    public Copied {
      held = List.copyOf(held);
      leftOut = List.copyOf(leftOut);
    }
  }

  private final Path directory;
  private final LongSupplier free;

  private Quarantine(Path directory, LongSupplier free) {
    this.directory = directory;
    this.free = free;
  }

  /** Makes it, empty. */
  public static Quarantine open(Path directory) throws IOException {
    empty(directory);
    return open(directory, () -> directory.toFile().getUsableSpace());
  }

  static Quarantine open(Path directory, LongSupplier free) throws IOException {
    AtomicFile.makeDirectory(directory);
    return new Quarantine(directory, free);
  }

  /**
   * Removes whatever an earlier process left there.
   *
   * @throws IOException when not all of it goes
   */
  public static void empty(Path directory) throws IOException {
    if (!Files.isDirectory(directory, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
      for (Path one : all) {
        Files.delete(one);
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /**
   * Copies the files of a medium: first all sizes are added up as the medium says them, then what
   * is read counts.
   *
   * @param wanted asked before each step
   * @throws NotImported when nothing of it is taken in
   */
  public Copied copy(ReadableMedium medium, Bounds bounds, BooleanSupplier wanted)
      throws NotImported {
    walk(medium, new Walk(bounds, wanted, false));
    Walk copied = new Walk(bounds, wanted, true);
    walk(medium, copied);
    return new Copied(copied.held, copied.leftOut);
  }

  private static void walk(ReadableMedium medium, Walk walk) throws NotImported {
    try (ReadableMedium.Directory root = medium.root()) {
      walk.through(root, List.of(), "");
    } catch (NotImported e) {
      throw e;
    } catch (IOException e) {
      throw new NotImported(
          walk.wanted.getAsBoolean() ? Refusal.IMPORT_MEDIUM : Refusal.IMPORT_BROKEN_OFF, e);
    }
  }

  /** One way through a medium. */
  private final class Walk {
    private final Bounds bounds;
    private final BooleanSupplier wanted;
    private final boolean copying;
    private final List<Held> held = new ArrayList<>();
    private final List<ClerkFolder.LeftOut> leftOut = new ArrayList<>();
    private int names;
    private long nameBytes;
    private int files;
    private long bytes;

    Walk(Bounds bounds, BooleanSupplier wanted, boolean copying) {
      this.bounds = bounds;
      this.wanted = wanted;
      this.copying = copying;
    }

    void through(ReadableMedium.Directory directory, List<String> path, String shown)
        throws IOException {
      for (byte[] raw : names(directory)) {
        String name = name(raw);
        String whole = shown.isEmpty() ? shown(raw) : shown + "/" + shown(raw);
        if (path.isEmpty() && NOBODYS.contains(name)) {
          continue;
        }
        if (!isPlain(name)) {
          leaveOut(whole, Refusal.IMPORT_NAME);
          continue;
        }
        List<String> further = new ArrayList<>(path);
        further.add(name);
        try (ReadableMedium.Entry entry = directory.open(raw)) {
          if (entry instanceof ReadableMedium.Entry.Plain file) {
            take(file, further, whole);
          } else if (entry instanceof ReadableMedium.Entry.Folder folder
              && further.size() <= DEEPEST) {
            through(folder.directory(), further, whole);
          } else {
            leaveOut(whole, Refusal.IMPORT_NAME);
          }
        }
      }
    }

    /** The names of a folder count once they are read: those of all folders above it are held. */
    private List<byte[]> names(ReadableMedium.Directory directory) throws IOException {
      List<byte[]> some = directory.names(MOST_NAMES - names);
      names += some.size();
      for (byte[] raw : some) {
        nameBytes += raw.length;
      }
      if (names > MOST_NAMES || nameBytes > MOST_NAME_BYTES) {
        throw new NotImported(Refusal.IMPORT_MEDIUM);
      }
      return some;
    }

    private void leaveOut(String whole, Refusal reason) throws NotImported {
      if (leftOut.size() == MOST_LEFT_OUT) {
        throw new NotImported(Refusal.IMPORT_MEDIUM);
      }
      String cut = whole.length() > LONGEST_SHOWN ? whole.substring(0, LONGEST_SHOWN) + "…" : whole;
      leftOut.add(new ClerkFolder.LeftOut(cut, reason, null));
    }

    private void take(ReadableMedium.Entry.Plain file, List<String> path, String whole)
        throws IOException {
      if (file.bytes() > bounds.largest()) {
        leaveOut(whole, Refusal.IMPORT_LARGE);
        return;
      }
      if (++files > bounds.files() || file.bytes() > bounds.bytes() - bytes) {
        throw new NotImported(Refusal.IMPORT_OVER);
      }
      if (copying) {
        copy(file.content(), path);
        return;
      }
      bytes += file.bytes();
      if (bytes > free.getAsLong() - RESERVE) {
        throw new NotImported(Refusal.IMPORT_SPACE);
      }
    }

    /** Whatever the medium said before: what comes counts. */
    private void copy(InputStream content, List<String> path) throws IOException {
      Path place = directory.resolve(Integer.toString(held.size() + 1));
      MessageDigest hash = sha256();
      long read = 0;
      byte[] buffer = new byte[ClerkFolder.LARGEST_PIECE];
      try (OutputStream out =
          new DigestOutputStream(
              Files.newOutputStream(place, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              hash)) {
        for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
          if (n > bounds.bytes() - bytes || read + n > bounds.largest()) {
            throw new NotImported(Refusal.IMPORT_OVER);
          }
          try {
            out.write(buffer, 0, n);
          } catch (IOException e) {
            throw new NotImported(Refusal.IMPORT_SPACE, e);
          }
          read += n;
          bytes += n;
          if (free.getAsLong() < RESERVE) {
            throw new NotImported(Refusal.IMPORT_SPACE);
          }
        }
      }
      held.add(new Held(path, place, read, Base64Url.encode(hash.digest())));
    }
  }

  /** In the form that names have here; something that is no name where it is not UTF-8. */
  private static String name(byte[] raw) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
      return Normalizer.normalize(text, Normalizer.Form.NFC);
    } catch (CharacterCodingException e) {
      return "";
    }
  }

  /** Whether a name is plain: also without what is not seen, or turns the direction of reading. */
  public static boolean isPlain(String name) {
    return Names.isFile(name) && name.codePoints().noneMatch(Quarantine::isHidden);
  }

  private static boolean isHidden(int character) {
    return switch (Character.getType(character)) {
      case Character.FORMAT,
          Character.CONTROL,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> Character.isSpaceChar(character) && character != ' ' && character != '\u3000';
    };
  }

  private static String shown(byte[] raw) {
    String text = new String(raw, StandardCharsets.UTF_8);
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .map(one -> isHidden(one) || one == '\\' ? '\uFFFD' : one)
        .forEach(shown::appendCodePoint);
    return shown.toString();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Empties it. */
  @Override
  public void close() throws IOException {
    empty(directory);
  }
}
