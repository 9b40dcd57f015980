package jp.sekisho.server.audit;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.Minimum;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.stamp.Stamped;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.storage.StorageException;

/**
 * What a log keeps outside the database, each file {@code log-<log>.…} in the directory of keys:
 *
 * <ul>
 *   <li>{@code key}: the 32-byte Ed25519 seed; {@code seed} while its generation is being opened
 *   <li>{@code last}: the checkpoint signed last
 *   <li>{@code committed}: how many entries were committed ({@link CommittedMark})
 *   <li>{@code cosigned}: the newest checkpoint that a witness cosigned
 *   <li>{@code minimum}: the signed statement of which entries were deleted after their term
 *   <li>{@code stamped}: the newest checkpoint with a time-stamp
 * </ul>
 *
 * <p>{@code retention} ({@link Retention}) and {@code past} ({@link PastCheckpoints}) lie beside
 * them and are written by those.
 */
final class LogFiles {
  private static final int SEED_BYTES = 32;
  private static final String PREFIX = "log-";
  private static final String KEY = ".key";

  private final Path keys;
  private final String log;

  LogFiles(Path keys, String log) {
    this.keys = keys;
    this.log = log;
  }

  /** Names of the logs that have a key in the directory, sorted. */
  static Set<String> logs(Path keys) {
    try (Stream<Path> files = Files.list(keys)) {
      Set<String> logs = new TreeSet<>();
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(PREFIX) && name.endsWith(KEY))
          .forEach(name -> logs.add(name.substring(PREFIX.length(), name.length() - KEY.length())));
      return logs;
    } catch (IOException e) {
      throw new StorageException("cannot read " + keys, e);
    }
  }

  /** Makes key and first checkpoint where they are missing; a log once begun is left alone. */
  void createMissing(String origin) throws IOException {
    if (!Files.exists(key())) {
      Retention.create(keys, Generation.of(log).organ()); // before the key: no log without it
    }
    byte[] seed = new byte[SEED_BYTES];
    new SecureRandom().nextBytes(seed);
    try {
      PrivateFiles.writeNew(key(), seed);
    } catch (FileAlreadyExistsException e) {
      // Keeps its key.
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
    if (!Files.exists(committed())) {
      PrivateFiles.writeNew(committed(), new byte[CommittedMark.BYTES]);
    }
    if (!Files.exists(last())) {
      try (LogSigner signer = signer(origin)) {
        writeLast(Checkpoint.of(origin, Frontier.empty()).sign(signer));
      }
    }
  }

  /**
   * The key of a log that is to be opened, made if it is missing; nobody takes it for a log before
   * {@link #finish}. The caller closes it.
   */
  LogSigner prepare(String origin) throws IOException {
    byte[] seed = new byte[SEED_BYTES];
    new SecureRandom().nextBytes(seed);
    try {
      PrivateFiles.writeNew(prepared(), seed);
    } catch (FileAlreadyExistsException e) {
      // Of an opening that was interrupted.
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
    return signer(prepared(), origin);
  }

  /** Whether an opening was begun and not finished. */
  boolean isPrepared() {
    return Files.exists(prepared());
  }

  /** From now on the log is one of this installation; its state is in the database already. */
  void finish(SignedNote first) throws IOException {
    if (!Files.exists(committed())) {
      PrivateFiles.writeNew(committed(), new byte[CommittedMark.BYTES]);
    }
    writeLast(first);
    Files.move(prepared(), key(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** The log's key; the caller closes it. */
  LogSigner signer(String origin) {
    return signer(key(), origin);
  }

  private static LogSigner signer(Path key, String origin) {
    byte[] seed = {};
    try {
      seed = PrivateFiles.read(key, SEED_BYTES);
      if (seed.length != SEED_BYTES) {
        throw new StorageException(key + " is not a key");
      }
      return LogSigner.of(origin, seed);
    } catch (IOException e) {
      throw new StorageException("cannot read " + key + ": " + e.getMessage(), e);
    } catch (FormatException e) {
      throw new StorageException(origin + " cannot name a log", e);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /**
   * The checkpoint signed last.
   *
   * @throws LogIntegrityException when it is missing or not signed by this log's key
   * @throws StorageException when it cannot be read now
   */
  SignedNote readLast(VerifierKey key) {
    return parseLast(lastBytes(), key);
  }

  /**
   * The bytes of the checkpoint signed last, not looked at.
   *
   * @throws LogIntegrityException when there are none
   * @throws StorageException when they cannot be read now
   */
  byte[] lastBytes() {
    try {
      return PrivateFiles.read(last(), SignedNote.MAX_BYTES);
    } catch (NoSuchFileException e) {
      throw damaged(e);
    } catch (IOException e) {
      // Of the machine, as are too many open files: tried again, no sign of anybody's hand.
      throw new StorageException("cannot read " + last() + ": " + e.getMessage(), e);
    }
  }

  /**
   * The checkpoint in those bytes.
   *
   * @throws LogIntegrityException when it is not signed by this log's key
   */
  SignedNote parseLast(byte[] bytes, VerifierKey key) {
    try {
      SignedNote note = SignedNote.parse(bytes);
      CheckpointOpening opening = new TrustedKeys(key, List.of()).open(note);
      return opening.fold(
          good -> note,
          refused -> {
            throw new LogIntegrityException(last() + ": " + refused.detail());
          });
    } catch (FormatException e) {
      throw damaged(e);
    }
  }

  private LogIntegrityException damaged(Exception why) {
    return new LogIntegrityException(
        last() + " is missing or damaged, so nobody can tell whether the database is the newest",
        why);
  }

  void writeLast(SignedNote note) throws IOException {
    PrivateFiles.replace(last(), note.toBytes());
  }

  /**
   * The newest checkpoint that a witness cosigned.
   *
   * @throws LogIntegrityException when it is not signed by this log's key
   */
  Optional<SignedNote> readCosigned(VerifierKey key) {
    try {
      return Optional.of(parseLast(PrivateFiles.read(cosigned(), SignedNote.MAX_BYTES), key));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StorageException("cannot read " + cosigned() + ": " + e.getMessage(), e);
    }
  }

  void writeCosigned(SignedNote note) throws IOException {
    PrivateFiles.replace(cosigned(), note.toBytes());
  }

  private Path cosigned() {
    return keys.resolve(PREFIX + log + ".cosigned");
  }

  /**
   * The signed statement of which entries were deleted after their term; empty while none was.
   *
   * @throws LogIntegrityException when it is not signed by this log's key
   */
  Optional<SignedNote> readMinimum(VerifierKey key) {
    try {
      byte[] bytes = PrivateFiles.read(minimum(), Minimum.MAX_BYTES);
      Minimum _ = Minimum.open(bytes, key);
      return Optional.of(SignedNote.parse(bytes));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StorageException("cannot read " + minimum() + ": " + e.getMessage(), e);
    } catch (FormatException e) {
      throw new LogIntegrityException(minimum() + " is damaged or not ours", e);
    }
  }

  /** The first index whose entry was not deleted. */
  long minimumIndex(VerifierKey key) {
    return readMinimum(key).map(LogFiles::index).orElse(0L);
  }

  private static long index(SignedNote minimum) {
    try {
      return Minimum.claimed(minimum.toBytes()).index();
    } catch (FormatException e) {
      throw new IllegalStateException("opened just now", e);
    }
  }

  void writeMinimum(SignedNote note) throws IOException {
    PrivateFiles.replace(minimum(), note.toBytes());
  }

  private Path minimum() {
    return keys.resolve(PREFIX + log + ".minimum");
  }

  /**
   * The newest time-stamped checkpoint of at most so many entries; empty where there is none that
   * can be read. It is for the auditor to judge: nothing here depends on it.
   */
  Optional<Stamped> readStamped(long size) {
    try {
      Stamped stamped = Stamped.parse(PrivateFiles.read(stamped(), Stamped.MAX_BYTES));
      Checkpoint checkpoint = Checkpoint.parse(SignedNote.parse(stamped.note()).text());
      return checkpoint.size() > size ? Optional.empty() : Optional.of(stamped);
    } catch (IOException | FormatException e) {
      return Optional.empty();
    }
  }

  void writeStamped(Stamped stamped) throws IOException {
    PrivateFiles.replace(stamped(), stamped.toBytes());
  }

  private Path stamped() {
    return keys.resolve(PREFIX + log + ".stamped");
  }

  /** Where it is kept how many entries are committed; see {@link CommittedMark}. */
  Path committed() {
    return keys.resolve(PREFIX + log + ".committed");
  }

  private Path key() {
    return keys.resolve(PREFIX + log + KEY);
  }

  private Path prepared() {
    return keys.resolve(PREFIX + log + ".seed");
  }

  private Path last() {
    return keys.resolve(PREFIX + log + ".last");
  }
}
