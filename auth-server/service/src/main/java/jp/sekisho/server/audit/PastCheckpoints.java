package jp.sekisho.server.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.StrictBase64;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.server.storage.PrivateFiles;

/**
 * Checkpoints of each log with the cosignatures they got, about one a day for as long as their
 * entries are kept: when those are deleted after their term, one of them shows how old they were,
 * whatever the log's own key says. Beside the keys as {@code log-<log>.past}, the oldest first:
 *
 * <pre>
 * 2026-04-01T00:00:00Z SP base64(signed note) LF     when it was kept here, by the service's clock
 * </pre>
 *
 * <p>They are for auditors to judge: nothing here believes them, a line that cannot be read is left
 * out, and without the file what is deleted can only be believed on the operator's word.
 * Thread-safe; of two processes that write at once, one's line is lost.
 */
final class PastCheckpoints {
  private static final Duration APART = Duration.ofDays(1);

  /** A century of them. */
  private static final int MOST_BYTES = 64 * 1024 * 1024;

  private final Path keys;

  /** The newest line of each log; guarded by this. */
  private final Map<String, Line> newest = new HashMap<>();

  PastCheckpoints(Path keys) {
    this.keys = keys;
  }

  /** What was found last: anybody may ask for it, and the file is long. Guarded by this. */
  private final Map<String, Found> found = new HashMap<>();

  private record Found(FileTime written, long minimum, Optional<Line> line) {}

  /** A checkpoint and when it was kept. */
  private record Line(Instant at, SignedNote note) {
    long size() {
      try {
        return Checkpoint.parse(note.text()).size();
      } catch (FormatException e) {
        return -1;
      }
    }

    String text() {
      return at + " " + StrictBase64.encode(note.toBytes()) + "\n";
    }
  }

  /**
   * Keeps a checkpoint, unless one was kept that day; with another cosignature it takes its own
   * place. Those that cover nothing any more, for more is deleted, go.
   *
   * @param minimum of the log
   */
  synchronized void keep(String log, SignedNote note, Instant now, long minimum)
      throws IOException {
    Line last = newest.get(log);
    if (last == null) {
      List<Line> all = read(log);
      last = all.isEmpty() ? null : all.getLast();
    }
    boolean again = false;
    Instant at = now.truncatedTo(ChronoUnit.SECONDS);
    if (last != null) {
      newest.put(log, last);
      again = last.note().text().equals(note.text());
      boolean soon = !now.isBefore(last.at()) && now.isBefore(last.at().plus(APART));
      if (again ? note.signatures().equals(last.note().signatures()) : soon) {
        return;
      }
      at = again ? last.at() : at;
    }
    List<Line> lines = new ArrayList<>(read(log));
    if (again && !lines.isEmpty()) {
      lines.removeLast();
    }
    lines.removeIf(line -> line.size() < minimum);
    Line added = new Line(at, note);
    lines.add(added);
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line.text()));
    PrivateFiles.replace(file(log), text.toString().getBytes(StandardCharsets.US_ASCII));
    newest.put(log, added);
  }

  /** The oldest one over the first {@code minimum} entries, of at most {@code size}. */
  synchronized Optional<SignedNote> covering(String log, long minimum, long size)
      throws IOException {
    Path file = file(log);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    FileTime written = Files.getLastModifiedTime(file);
    Found known = found.get(log);
    if (known == null || known.minimum() != minimum || !known.written().equals(written)) {
      Optional<Line> line = read(log).stream().filter(one -> minimum <= one.size()).findFirst();
      known = new Found(written, minimum, line);
      found.put(log, known);
    }
    return known.line().filter(one -> one.size() <= size).map(Line::note);
  }

  private List<Line> read(String log) throws IOException {
    byte[] file;
    try {
      file = PrivateFiles.read(file(log), MOST_BYTES);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    List<Line> lines = new ArrayList<>();
    for (String line : new String(file, StandardCharsets.US_ASCII).split("\n", -1)) {
      int space = line.indexOf(' ');
      try {
        if (space > 0) {
          byte[] note =
              StrictBase64.decode(
                  line.substring(space + 1), FormatException.Code.CHECKPOINT_MALFORMED);
          lines.add(new Line(Instant.parse(line.substring(0, space)), SignedNote.parse(note)));
        }
      } catch (FormatException | DateTimeException e) {
        // Left out: it would convince nobody.
      }
    }
    return lines;
  }

  private Path file(String log) {
    return keys.resolve("log-" + log + ".past");
  }
}
