package jp.sekisho.audit.witness;

import static jp.sekisho.audit.FormatException.Code.KEY_MALFORMED;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.note.WitnessSigner;
import jp.sekisho.audit.tree.Rfc6962;

/**
 * Where a witness keeps its key and what it has cosigned. Open in one process at a time.
 *
 * <pre>
 * witness.key            "sekisho-witness-key/v1" LF name LF base64(seed) LF; for its owner only
 * witness.vkey           the public key, to be given to auditors
 * log-&lt;hash&gt;             the newest checkpoint cosigned of one log; hash is of its origin
 * fork-&lt;hash&gt;-&lt;hash&gt;      what that log signed against its past: with log-&lt;hash&gt; it is proof of a fork
 * unproved-&lt;hash&gt;-&lt;hash&gt;  what came signed but without proof that it continues; may be innocent
 * lock
 * </pre>
 */
public final class WitnessFolder implements AutoCloseable {
  private static final String KEY = "witness.key";
  private static final String PUBLIC_KEY = "witness.vkey";
  private static final String FIRST_LINE = "sekisho-witness-key/v1\n";
  private static final int SEED_BYTES = 32;
  private static final int MAX_KEY_BYTES = 1024;
  private static final int MAX_EVIDENCE = 100;
  private static final int NAME_BYTES = 16;

  private final Path folder;
  private final FileChannel lock;
  private final WitnessSigner signer;

  private WitnessFolder(Path folder, FileChannel lock, WitnessSigner signer) {
    this.folder = folder;
    this.lock = lock;
    this.signer = signer;
  }

  /**
   * Makes a new witness.
   *
   * @param folder must not exist
   * @param name of the witness, as auditors will see it
   * @throws FormatException if the name cannot name a key
   */
  public static VerifierKey create(Path folder, String name, SecureRandom random)
      throws IOException, FormatException {
    byte[] seed = new byte[SEED_BYTES];
    random.nextBytes(seed);
    try (WitnessSigner signer = WitnessSigner.of(name, seed)) {
      Files.createDirectories(folder.toAbsolutePath().getParent());
      Files.createDirectory(folder);
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      file.writeBytes((FIRST_LINE + name + "\n").getBytes(StandardCharsets.UTF_8));
      file.writeBytes(Base64.getEncoder().encode(seed));
      file.write('\n');
      Path key = Files.createFile(folder.resolve(KEY));
      if (isPosix(key)) {
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
      write(key, file.toByteArray());
      write(
          folder.resolve(PUBLIC_KEY),
          (signer.verifierKey() + "\n").getBytes(StandardCharsets.UTF_8));
      forceDirectory(folder);
      return signer.verifierKey();
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /**
   * Opens a witness.
   *
   * @throws FormatException if the key file is not one
   * @throws IOException if it cannot be read, others may read the key, or another process has it
   */
  public static WitnessFolder open(Path folder) throws IOException, FormatException {
    Path key = folder.resolve(KEY);
    if (isPosix(key) && isExposed(Files.getPosixFilePermissions(key, LinkOption.NOFOLLOW_LINKS))) {
      throw new IOException(key + " can be read by others");
    }
    FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (lock.tryLock() == null) {
        throw new IOException(folder + " is in use by another process");
      }
      return new WitnessFolder(folder, lock, signer(key));
    } catch (OverlappingFileLockException e) {
      lock.close();
      throw new IOException(folder + " is in use already", e);
    } catch (IOException | FormatException e) {
      lock.close();
      throw e;
    }
  }

  private static WitnessSigner signer(Path key) throws IOException, FormatException {
    byte[] file;
    try (var in = Files.newInputStream(key)) {
      file = in.readNBytes(MAX_KEY_BYTES);
    }
    byte[] seed = {};
    try {
      int name = FIRST_LINE.length();
      int seedAt = 1 + indexOfNewline(file, name);
      int end = indexOfNewline(file, seedAt);
      String first = new String(file, 0, Math.min(name, file.length), StandardCharsets.UTF_8);
      if (!first.equals(FIRST_LINE) || end != file.length - 1) {
        throw new FormatException(KEY_MALFORMED, "not a witness's key file");
      }
      seed = Base64.getDecoder().decode(Arrays.copyOfRange(file, seedAt, end));
      if (seed.length != SEED_BYTES) {
        throw new FormatException(KEY_MALFORMED, "the seed does not have 32 bytes");
      }
      return WitnessSigner.of(
          new String(file, name, seedAt - 1 - name, StandardCharsets.UTF_8), seed);
    } catch (IllegalArgumentException e) {
      throw new FormatException(KEY_MALFORMED, "not a witness's key file");
    } finally {
      Arrays.fill(file, (byte) 0);
      Arrays.fill(seed, (byte) 0);
    }
  }

  private static int indexOfNewline(byte[] file, int from) throws FormatException {
    for (int i = from; i < file.length; i++) {
      if (file[i] == '\n') {
        return i;
      }
    }
    throw new FormatException(KEY_MALFORMED, "not a witness's key file");
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static boolean isExposed(Set<PosixFilePermission> permissions) {
    return permissions.contains(PosixFilePermission.GROUP_READ)
        || permissions.contains(PosixFilePermission.OTHERS_READ);
  }

  /** Returns the private key; closed with this. */
  public WitnessSigner signer() {
    return signer;
  }

  /** Returns the newest checkpoint cosigned of a log. */
  Optional<byte[]> checkpoint(String origin) throws IOException {
    Path file = folder.resolve("log-" + hash(origin.getBytes(StandardCharsets.UTF_8)));
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (var in = Files.newInputStream(file)) {
      return Optional.of(in.readNBytes(SignedNote.MAX_BYTES + 1));
    }
  }

  /** Replaces it; when this returns, a power cut does not bring the old one back. */
  void keep(String origin, SignedNote note) throws IOException {
    replace("log-" + hash(origin.getBytes(StandardCharsets.UTF_8)), note.toBytes());
  }

  /** Keeps what a log signed and was not cosigned; kind is fork or unproved, at most 100 each. */
  void keepEvidence(String kind, String origin, SignedNote note) throws IOException {
    String prefix = kind + "-" + hash(origin.getBytes(StandardCharsets.UTF_8)) + "-";
    long kept;
    try (Stream<Path> files = Files.list(folder)) {
      kept = files.filter(file -> file.getFileName().toString().startsWith(prefix)).count();
    }
    if (kept < MAX_EVIDENCE) {
      replace(prefix + hash(note.text().getBytes(StandardCharsets.UTF_8)), note.toBytes());
    }
  }

  private void replace(String name, byte[] contents) throws IOException {
    Path beside = folder.resolve(name + ".new");
    write(beside, contents);
    Files.move(
        beside,
        folder.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    forceDirectory(folder);
  }

  private static void write(Path file, byte[] contents) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer buffer = ByteBuffer.wrap(contents);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }

  /** Makes a renaming durable; Windows has no such call and needs none on NTFS. */
  private static void forceDirectory(Path folder) throws IOException {
    if (isPosix(folder)) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static String hash(byte[] bytes) {
    return HexFormat.of().formatHex(Rfc6962.leaf(bytes).bytes(), 0, NAME_BYTES);
  }

  @Override
  public void close() throws IOException {
    signer.close();
    lock.close();
  }
}
