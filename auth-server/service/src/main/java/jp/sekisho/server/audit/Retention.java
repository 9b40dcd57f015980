package jp.sekisho.server.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.CanonicalJson;
import jp.sekisho.server.storage.PrivateFiles;

/**
 * How long a log's entries are kept, and what keeps them longer. A file beside the keys, {@code
 * log-<organ>.retention} (canonical JSON), because who can write to the database must not be able
 * to have entries deleted.
 *
 * @param years {@value #FLOOR} to {@value #MOST}; by default {@value #DEFAULT}
 * @param holds while there is one, nothing is deleted
 */
public record Retention(int years, List<Hold> holds) {
  public static final int FLOOR = 1;
  public static final int DEFAULT = 7;
  public static final int MOST = 100;
  private static final int MAX_HOLDS = 50;
  private static final Pattern REFERENCE = Pattern.compile("[\\p{L}\\p{Nd}._/()-]{1,40}");

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException outside it
   */
  public Retention {
    holds = List.copyOf(holds);
    if (years < FLOOR || years > MOST || holds.size() > MAX_HOLDS) {
      throw new IllegalArgumentException("a log is kept " + FLOOR + " to " + MOST + " years");
    }
  }

  /**
   * A legal hold (法的保全).
   *
   * @param id 16 hexadecimal digits
   * @param since ISO 8601 UTC
   * @param reference the document that ordered it
   */
  public record Hold(String id, String since, String reference) {}

  /** Whether a text can name a document: 1 to 40 letters, digits and {@code ._/()-}. */
  public static boolean isReference(String text) {
    return REFERENCE.matcher(text).matches();
  }

  static Retention read(Path file) {
    if (!Files.exists(file)) {
      return new Retention(DEFAULT, List.of());
    }
    try {
      Map<String, Object> fields =
          CanonicalJson.read(PrivateFiles.read(file, CanonicalJson.MAX_BYTES));
      List<Hold> holds = new ArrayList<>();
      if (!(fields.get("holds") instanceof List<?> list)
          || !(fields.get("years") instanceof Long years)
          || !Long.valueOf(1).equals(fields.get("v"))) {
        throw new MalformedException("no retention");
      }
      for (Object each : list) {
        if (!(each instanceof Map<?, ?> hold)
            || !(hold.get("id") instanceof String id)
            || !(hold.get("since") instanceof String since)
            || !(hold.get("reference") instanceof String reference)) {
          throw new MalformedException("no hold");
        }
        holds.add(new Hold(id, since, reference));
      }
      return new Retention(Math.toIntExact(years), holds);
    } catch (IOException | MalformedException | ArithmeticException | IllegalArgumentException e) {
      throw new LogIntegrityException(file + " is damaged: nothing is deleted", e);
    }
  }

  void write(Path file) throws IOException {
    List<Object> list = new ArrayList<>();
    for (Hold hold : holds) {
      list.add(Map.of("id", hold.id(), "since", hold.since(), "reference", hold.reference()));
    }
    PrivateFiles.replace(
        file, CanonicalJson.write(Map.of("v", 1L, "years", (long) years, "holds", list)));
  }
}
