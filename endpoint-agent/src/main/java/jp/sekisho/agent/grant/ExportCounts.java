package jp.sekisho.agent.grant;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import jp.sekisho.agent.config.AtomicFile;
import jp.sekisho.agent.config.JsonFields;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Amount;
import org.jspecify.annotations.Nullable;

/**
 * {@code exports.json}: how much of each grant was begun to be written to a medium, or released
 * from one that was taken in, durable before a byte of it is. What was begun counts, whatever
 * became of it: a broken-off file may stay on the medium. Thread-safe.
 *
 * <p>Canonical JSON, ≤ 1 MiB: {@code {"exports":[…],"v":1}}, each with {@code grant}, {@code end}
 * of its text, {@code files}, {@code bytes} of their content, {@code parts} on the medium, and the
 * {@code key} under which the names of its files are in the log. A damaged file is not begun anew:
 * nothing is exported or taken in then, for nobody knows what was.
 */
public final class ExportCounts {
  private static final int VERSION = 1;
  private static final int LARGEST_FILE = 1 << 20;

  /** Grants that are remembered; with more nothing further is exported. */
  static final int MOST = 1024;

  private static final String MAC = "HmacSHA256";

  private final Path file;
  private final SecureRandom random;
  private final Map<String, Count> byGrant;

  /** What is begun of one grant. */
  private record Count(String grant, Instant end, int files, long bytes, int parts, String key) {
    Map<String, Object> fields() {
      return Map.of(
          "grant", grant,
          "end", end.toString(),
          "files", files,
          "bytes", bytes,
          "parts", parts,
          "key", key);
    }

    static Count parse(Map<String, Object> map) throws MalformedException {
      JsonFields fields = new JsonFields(map);
      try {
        Count count =
            new Count(
                fields.text("grant"),
                Instant.parse(fields.text("end")),
                Math.toIntExact(fields.integer("files")),
                fields.integer("bytes"),
                Math.toIntExact(fields.integer("parts")),
                fields.text("key"));
        Base64Url.decode(count.grant, 16);
        Base64Url.decode(count.key, 32);
        if (count.files < 0 || count.bytes < 0 || count.parts < 0) {
          throw new MalformedException("less than nothing of an export");
        }
        return count;
      } catch (DateTimeException | ArithmeticException e) {
        throw new MalformedException("numbers of an export");
      }
    }
  }

  /** The counts of one terminal, read when they are first needed. Thread-safe. */
  public static final class Kept {
    private final Path file;
    private final SecureRandom random;
    private @Nullable ExportCounts counts;

    public Kept(Path file, SecureRandom random) {
      this.file = file;
      this.random = random;
    }

    /** Damaged ones are tried again at the next question. */
    synchronized ExportCounts counts() throws IOException {
      ExportCounts known = counts;
      if (known == null) {
        known = ExportCounts.open(file, random);
        counts = known;
      }
      return known;
    }

    /**
     * Forgets how much passed under grants that are over, and the keys of their files' names.
     *
     * @param kept grants that are not over, whatever the time
     */
    public void forget(Instant now, Set<String> kept) throws IOException {
      counts().forgetOver(now, kept);
    }
  }

  private ExportCounts(Path file, SecureRandom random, Map<String, Count> byGrant) {
    this.file = file;
    this.random = random;
    this.byGrant = byGrant;
  }

  /**
   * Reads the file; none is the same as an empty one.
   *
   * @throws IOException when it cannot be read or is damaged
   */
  static ExportCounts open(Path file, SecureRandom random) throws IOException {
    Map<String, Count> found = new TreeMap<>();
    if (Files.exists(file)) {
      byte[] bytes;
      try (var in = Files.newInputStream(file)) {
        bytes = in.readNBytes(LARGEST_FILE + 1);
      }
      try {
        if (bytes.length > LARGEST_FILE) {
          throw new MalformedException("over " + LARGEST_FILE + " bytes");
        }
        for (Count each : parse(bytes)) {
          if (found.put(each.grant(), each) != null) {
            throw new MalformedException("a grant stands there twice");
          }
        }
      } catch (MalformedException e) {
        throw new IOException(file.getFileName() + ": " + e.getMessage(), e);
      }
    }
    return new ExportCounts(file, random, found);
  }

  @SuppressWarnings("unchecked")
  private static List<Count> parse(byte[] bytes) throws MalformedException {
    Map<String, Object> file = CanonicalJson.read(bytes, LARGEST_FILE);
    new JsonFields(file).version(VERSION);
    if (!(file.get("exports") instanceof List<?> list)) {
      throw new MalformedException("exports is not a list");
    }
    List<Count> all = new ArrayList<>();
    for (Object each : list) {
      if (!(each instanceof Map<?, ?> map)) {
        throw new MalformedException("an export is not an object");
      }
      all.add(Count.parse((Map<String, Object>) map));
    }
    return all;
  }

  /**
   * What a grant has left.
   *
   * @return null when its text is of no files
   */
  synchronized @Nullable Left left(ExportGrant text) {
    Amount most = text.amount();
    Count known = of(text);
    return most == null
        ? null
        : new Left(
            Math.max(0, most.files() - known.files()), Math.max(0, most.bytes() - known.bytes()));
  }

  /** Files and bytes that may still be begun. */
  record Left(int files, long bytes) {}

  /**
   * Counts a file that is about to be written or released.
   *
   * @param bytes of its content
   * @return which of the grant's files it is, from 1; 0 when the grant leaves no room for it, and
   *     then it does not count
   */
  synchronized int begin(ExportGrant text, long bytes) throws IOException {
    Amount most = text.amount();
    Count known = of(text);
    if (most == null
        || bytes < 0
        || known.files() >= most.files()
        || bytes > most.bytes() - known.bytes()) {
      return 0;
    }
    Count next =
        new Count(
            known.grant(),
            known.end(),
            known.files() + 1,
            known.bytes() + bytes,
            known.parts(),
            known.key());
    put(next);
    return next.files();
  }

  /**
   * Counts a copy over a boundary that is about to be served.
   *
   * @return false when the grant leaves no room for it, and then it does not count
   */
  synchronized boolean beginCopy(ExportGrant text, long bytes) throws IOException {
    if (bytes < 0 || bytes > bytesLeft(text)) {
      return false;
    }
    Count known = of(text);
    put(
        new Count(
            known.grant(),
            known.end(),
            Math.addExact(known.files(), 1),
            known.bytes() + bytes,
            known.parts(),
            known.key()));
    return true;
  }

  /** How much is left of what may pass under a grant. */
  synchronized long bytesLeft(ExportGrant text) {
    ExportGrant.Amount most = text.amount();
    return most == null ? 0 : Math.max(0, most.bytes() - of(text).bytes());
  }

  /** The number of the next part on the medium, from 1; never the same one again. */
  synchronized int nextPart(ExportGrant text) throws IOException {
    Count known = of(text);
    Count next =
        new Count(
            known.grant(),
            known.end(),
            known.files(),
            known.bytes(),
            Math.addExact(known.parts(), 1),
            known.key());
    put(next);
    return next.parts();
  }

  /**
   * What stands in the log for a file's name: base64url of its HMAC-SHA-256 under a key of ours.
   */
  synchronized String nameInLog(ExportGrant text, String name) throws IOException {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(Base64Url.decode(of(text).key(), 32), MAC));
      return Base64Url.encode(mac.doFinal(name.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException | InvalidKeyException | MalformedException e) {
      throw new IOException("a name cannot be hidden", e);
    }
  }

  private Count of(ExportGrant text) {
    Count known = byGrant.get(text.request());
    if (known != null) {
      return known;
    }
    byte[] key = new byte[32];
    random.nextBytes(key);
    return new Count(text.request(), text.end(), 0, 0, 0, Base64Url.encode(key));
  }

  /** Forgets those whose text has ended by {@code now} that are not among {@code kept}. */
  synchronized void forgetOver(Instant now, Set<String> kept) throws IOException {
    Map<String, Count> next = new TreeMap<>(byGrant);
    next.values().removeIf(each -> !each.end().isAfter(now) && !kept.contains(each.grant()));
    if (next.size() != byGrant.size()) {
      store(next);
    }
  }

  private void put(Count count) throws IOException {
    Map<String, Count> next = new TreeMap<>(byGrant);
    next.put(count.grant(), count);
    if (next.size() > MOST) {
      throw new IOException("over " + MOST + " exports");
    }
    store(next);
  }

  private void store(Map<String, Count> next) throws IOException {
    List<Object> list = new ArrayList<>();
    next.values().forEach(each -> list.add(each.fields()));
    AtomicFile.write(
        file, CanonicalJson.write(Map.of("v", VERSION, "exports", list), LARGEST_FILE));
    byGrant.clear();
    byGrant.putAll(next);
  }
}
