package jp.sekisho.server.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
    List<Line> all = null;
    if (last == null) {
      all = read(log);
      last = all.isEmpty() ? null : all.getLast();
    }
    boolean again = last != null && last.note().text().equals(note.text());
    boolean soon =
        last != null && !now.isBefore(last.at()) && now.isBefore(last.at().plus(APART));
    if (again ? note.signatures().equals(last.note().signatures()) : soon) {
      newest.put(log, last);
      return;
    }
    List<Line> lines = new ArrayList<>(all == null ? read(log) : all);
    if (again && !lines.isEmpty()) {
      lines.removeLast();
    }
    lines.removeIf(line -> line.size() < minimum);
    Line added = new Line(again ? last.at() : now.truncatedTo(ChronoUnit.SECONDS), note);
    lines.add(added);
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line.text()));
    PrivateFiles.replace(file(log), text.toString().getBytes(StandardCharsets.US_ASCII));
    newest.put(log, added);
  }

  /** The oldest one over the first {@code minimum} entries, of at most {@code size}. */
  Optional<SignedNote> covering(String log, long minimum, long size) throws IOException {
    return read(log).stream()
        .filter(line -> minimum <= line.size() && line.size() <= size)
        .map(Line::note)
        .findFirst();
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
