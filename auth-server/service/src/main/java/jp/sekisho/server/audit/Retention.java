package jp.sekisho.server.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.server.storage.PrivateFiles;

/**
 * How long a log's entries are kept, and what keeps them longer. A file beside the keys, {@code
 * log-<organ>.retention} (canonical JSON), because who can write to the database must not be able
 * to have entries deleted. It is made with the log: where it is missing nobody knows the term or
 * the holds, and nothing is deleted.
 *
 * @param years {@value #FLOOR} to {@value #MOST}; by default {@value #DEFAULT}
 * @param holds while there is one, nothing is deleted
 */
public record Retention(int years, List<Hold> holds) {
  public static final int FLOOR = 1;
  public static final int DEFAULT = 7;
  public static final int MOST = 100;
  public static final int MOST_HOLDS = 50;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException outside it
   */
  public Retention {
    holds = List.copyOf(holds);
    if (years < FLOOR || years > MOST || holds.size() > MOST_HOLDS) {
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

  /** Writes the file of a log that is being made, with what holds until somebody sets another. */
  static void create(Path keys, String organ) throws IOException {
    Path file = file(keys, organ);
    if (!Files.exists(file)) {
      new Retention(DEFAULT, List.of()).write(file);
    }
  }

  static Path file(Path keys, String organ) {
    return keys.resolve("log-" + organ + ".retention");
  }

  /**
   * Reads the file; empty where it is missing.
   *
   * @throws LogIntegrityException when it is damaged
   */
  static Optional<Retention> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
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
      return Optional.of(new Retention(Math.toIntExact(years), holds));
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
