package jp.sekisho.smartcard.issue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far the issue of a list has come: LF text, one line per step, each on disk before the next
 * step. Holds staff numbers, card identities and certificate serial numbers, no secret. A last line
 * without its LF is one that was being written when the power went: it is cut off.
 *
 * <pre>
 * sekisho/card-journal/v1
 * begun 100042 serial-12345678
 * certified 100042 4f3a…          (hexadecimal)
 * halves 100042                   (of earlier versions; says nothing any more)
 * done 100042 serial-12345678
 * abandoned 100042                (as if it had never been begun)
 * </pre>
 *
 * <p>One process at a time (the file is locked); one thread at a time.
 */
public final class IssueJournal implements AutoCloseable {
  private static final String FIRST_LINE = "sekisho/card-journal/v1";
  private static final int LONGEST = 16 << 20;

  private final FileChannel channel;
  private final Map<String, String> cards = new HashMap<>();
  private final Map<String, BigInteger> certificates = new HashMap<>();
  private final Set<String> done = new HashSet<>();

  private IssueJournal(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens the journal, or begins one.
   *
   * @throws IOException also {@code JOURNAL_IN_USE} and {@code JOURNAL_UNUSABLE}
   */
  public static IssueJournal open(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (!isLocked(channel)) {
        throw new IOException("JOURNAL_IN_USE " + file);
      }
      IssueJournal journal = new IssueJournal(channel);
      journal.read(file);
      return journal;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // ends with the channel
  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      @Nullable FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private void read(Path file) throws IOException {
    if (channel.size() > LONGEST) {
      throw new IOException("JOURNAL_UNUSABLE " + file + ": too long");
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) channel.size());
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      // Until it is full.
    }
    String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
    // Nothing is cut off a file that is something else.
    String head = FIRST_LINE + "\n";
    if (!text.startsWith(head) && !head.startsWith(text)) {
      throw new IOException("JOURNAL_UNUSABLE " + file + ": line 1");
    }
    int end = text.lastIndexOf('\n') + 1;
    channel.truncate(end);
    channel.position(end);
    if (end == 0) {
      append(FIRST_LINE);
      return;
    }
    List<String> lines = text.substring(0, end).lines().toList();
    for (int i = 1; i < lines.size(); i++) {
      if (!take(lines.get(i).split(" ", -1))) {
        throw new IOException("JOURNAL_UNUSABLE " + file + ": line " + (i + 1));
      }
    }
  }

  private boolean take(String[] words) {
    if (words.length < 2) {
      return false;
    }
    String number = words[1];
    switch (words[0] + " " + words.length) {
      case "begun 3" -> {
        cards.put(number, words[2]);
        return true;
      }
      case "certified 3" -> {
        if (!words[2].matches("[0-9a-f]{1,40}")) {
          return false;
        }
        certificates.put(number, new BigInteger(words[2], 16));
        return true;
      }
      case "halves 2" -> {
        return true;
      }
      case "abandoned 2" -> {
        forget(number);
        return true;
      }
      case "done 3" -> {
        done.add(number);
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  /** Whether the holder's card is finished. */
  public boolean isDone(String number) {
    return done.contains(number);
  }

  /** Whether the holder's card is begun and not finished. */
  public boolean isBegun(String number) {
    return cards.containsKey(number) && !isDone(number);
  }

  /** The card the holder's issue was begun with. */
  public Optional<String> card(String number) {
    return Optional.ofNullable(cards.get(number));
  }

  /**
   * Gives up a card that is begun and not finished, so that the holder gets another one. The
   * certificate of {@link IssueProgress#certified()} is forgotten with it: revoked before.
   *
   * @throws IllegalArgumentException when it is not begun, or finished
   */
  public void abandon(String number) throws IOException {
    if (!isBegun(number)) {
      throw new IllegalArgumentException("nothing to give up");
    }
    append("abandoned " + number);
    forget(number);
  }

  private void forget(String number) {
    cards.remove(number);
    certificates.remove(number);
    done.remove(number);
  }

  /** The progress of one holder's card. */
  public IssueProgress of(String number) {
    return new Row(number);
  }

  private void append(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private final class Row implements IssueProgress {
    private final String number;

    private Row(String number) {
      this.number = number;
    }

    @Override
    public Optional<BigInteger> certified() {
      return Optional.ofNullable(certificates.get(number));
    }

    @Override
    public boolean isOfAnother(String card) {
      String before = cards.get(number);
      return before == null ? cards.containsValue(card) : !before.equals(card);
    }

    @Override
    public void begin(String card) throws IOException {
      if (!cards.containsKey(number)) {
        append("begun " + number + " " + card);
        cards.put(number, card);
      }
    }

    @Override
    public void recordCertificate(BigInteger serial) throws IOException {
      append("certified " + number + " " + serial.toString(16));
      certificates.put(number, serial);
    }

    @Override
    public void recordDone(String card) throws IOException {
      append("done " + number + " " + card);
      done.add(number);
    }

    @Override
    public void free() throws IOException {
      if (isBegun(number)) {
        abandon(number);
      }
    }
  }
}
