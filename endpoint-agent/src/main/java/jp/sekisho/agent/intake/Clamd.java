package jp.sekisho.agent.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Refusal;

/**
 * ClamAV's daemon at its Unix socket (clamd(8)): {@code VERSION} and {@code INSTREAM}. A file is
 * sent, never a path: the daemon needs no right to read quarantine. One connection for each
 * question. Thread-safe.
 *
 * <p>It counts as fit only while it finds the test file that every scanner must find (EICAR) and
 * its signatures are new enough, by the service's clock. Errors, limits, silence and answers of
 * another form mean "not scanned", never "clean".
 */
public final class Clamd implements Scanner {
  /** Without a byte either way for this long it does not answer. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  /** How far ahead of the service's clock signatures may be dated: zones of local times. */
  private static final Duration AHEAD = Duration.ofDays(1);

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final int LONGEST_ANSWER = 1024;
  private static final int PIECE = 32 * 1024;

  /** Backwards: as it is meant to be read, this program itself would be found. */
  private static final String TEST_FILE_BACKWARDS =
      "*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X";

  /** {@code ClamAV 1.4.6/27842/Fri Nov 20 08:30:12 2026}. */
  private static final Pattern VERSION =
      Pattern.compile("ClamAV [0-9A-Za-z.+~-]{1,32}/[0-9]{1,9}/[A-Za-z]{3} +(.{5,40})");

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("MMM d HH:mm:ss uuuu", Locale.ENGLISH);

  private static final Pattern FOUND = Pattern.compile("stream: (.*) FOUND", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("[0-9A-Za-z][0-9A-Za-z._:+()/-]{0,127}");
  private static final System.Logger LOG = System.getLogger(Clamd.class.getName());

  /**
   * Which daemon, and what it must be like.
   *
   * @param socket its Unix socket, in a directory that only root and it can write
   * @param oldest how old signatures may be
   * @param largest most bytes of a file that it looks at whole: at most its {@code MaxFileSize} and
   *     {@code StreamMaxLength}
   */
  public record Settings(Path socket, Duration oldest, long largest) {
    /** Debian's {@code MaxFileSize}, {@code StreamMaxLength}. */
    public static final long DEFAULT_LARGEST = 25L << 20;

    /** A file is looked at in memory, as a whole. */
    public static final long MOST_LARGEST = 256L << 20;

    public static final Duration DEFAULT_OLDEST = Duration.ofDays(7);

    public Settings {
      if (oldest.isNegative() || oldest.isZero() || largest < 1 || largest > MOST_LARGEST) {
        throw new IllegalArgumentException("age of signatures or size of files");
      }
    }
  }

  private final Settings settings;
  private final Supplier<Optional<Instant>> clock;
  private final ZoneId zone;
  private final Duration patience;

  /**
   * @param clock the service's time; while it is not known no signatures are new enough
   */
  public Clamd(Settings settings, Supplier<Optional<Instant>> clock, ZoneId zone) {
    this(settings, clock, zone, PATIENCE);
  }

  Clamd(Settings settings, Supplier<Optional<Instant>> clock, ZoneId zone, Duration patience) {
    this.settings = settings;
    this.clock = clock;
    this.zone = zone;
    this.patience = patience;
  }

  @Override
  public long largest() {
    return settings.largest();
  }

  @Override
  public Condition condition() {
    try {
      if (isOthersToWrite(settings.socket())) {
        LOG.log(System.Logger.Level.ERROR, "anybody could put a scanner at {0}", settings.socket());
        return new Condition.Unfit(Refusal.IMPORT_SCANNER);
      }
      String engine = ask("VERSION", InputStream.nullInputStream(), () -> true);
      byte[] test =
          new StringBuilder(TEST_FILE_BACKWARDS)
              .reverse()
              .toString()
              .getBytes(StandardCharsets.US_ASCII);
      if (!(scan(new java.io.ByteArrayInputStream(test), () -> true) instanceof Verdict.Found)) {
        LOG.log(System.Logger.Level.ERROR, "the scanner does not find the EICAR test file");
        return new Condition.Unfit(Refusal.IMPORT_SCANNER);
      }
      return isNew(engine)
          ? new Condition.Fit(engine)
          : new Condition.Unfit(Refusal.IMPORT_SIGNATURES);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "the scanner does not answer", e);
      return new Condition.Unfit(Refusal.IMPORT_SCANNER);
    }
  }

  /** Whether the place of the socket lets others than its owner and group put another there. */
  private static boolean isOthersToWrite(Path socket) throws IOException {
    Path directory = socket.toAbsolutePath().getParent();
    Set<PosixFilePermission> rights =
        Files.getPosixFilePermissions(directory == null ? socket : directory);
    return rights.contains(PosixFilePermission.OTHERS_WRITE);
  }

  private boolean isNew(String engine) {
    Matcher version = VERSION.matcher(engine);
    Instant now = clock.get().orElse(null);
    if (!version.matches() || now == null) {
      LOG.log(System.Logger.Level.ERROR, "of no known date: {0}", engine);
      return false;
    }
    try {
      Instant dated =
          LocalDateTime.parse(version.group(1).replaceAll(" +", " "), DATE)
              .atZone(zone)
              .toInstant();
      return !dated.isBefore(now.minus(settings.oldest())) && !dated.isAfter(now.plus(AHEAD));
    } catch (DateTimeException e) {
      LOG.log(System.Logger.Level.ERROR, "of no known date: {0}", engine);
      return false;
    }
  }

  @Override
  public Verdict scan(Path file, BooleanSupplier wanted) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return scan(in, wanted);
    }
  }

  private Verdict scan(InputStream content, BooleanSupplier wanted) throws IOException {
    String answer;
    try {
      answer = ask("INSTREAM", content, wanted);
    } catch (NotImported e) {
      throw e;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "not scanned", e);
      return new Verdict.Unknown();
    }
    if (answer.equals("stream: OK")) {
      return new Verdict.Clean();
    }
    Matcher found = FOUND.matcher(answer);
    if (found.matches()) {
      String name = found.group(1);
      return new Verdict.Found(NAME.matcher(name).matches() ? name : "unnamed");
    }
    LOG.log(System.Logger.Level.ERROR, "not scanned: {0}", answer);
    return new Verdict.Unknown();
  }

  /** One question, with a stream where it takes one, and its answer. */
  private String ask(String command, InputStream content, BooleanSupplier wanted)
      throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      // Its queue is the kernel's: connecting waits for nobody, or fails.
      channel.connect(UnixDomainSocketAddress.of(settings.socket()));
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
      Talk talk = new Talk(channel, selector, key, wanted);
      talk.send(ByteBuffer.wrap(("z" + command + "\0").getBytes(StandardCharsets.US_ASCII)));
      boolean whole = !command.equals("INSTREAM") || talk.send(content);
      String answer = talk.answer();
      if (!whole && answer.endsWith("OK")) {
        throw new IOException("the scanner judges what it has not read");
      }
      return answer;
    }
  }

  /** The bytes of one question and its answer, each step within {@link #PATIENCE}. */
  private final class Talk {
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final BooleanSupplier wanted;

    Talk(SocketChannel channel, Selector selector, SelectionKey key, BooleanSupplier wanted) {
      this.channel = channel;
      this.selector = selector;
      this.key = key;
      this.wanted = wanted;
    }

    private void await(int what) throws IOException {
      key.interestOps(what);
      long end = System.nanoTime() + patience.toNanos();
      while (selector.selectedKeys().isEmpty()) {
        if (!wanted.getAsBoolean()) {
          throw new NotImported(Refusal.IMPORT_BROKEN_OFF);
        }
        if (System.nanoTime() - end > 0) {
          throw new IOException("the scanner is silent");
        }
        selector.select(LOOK.toMillis());
      }
      selector.selectedKeys().clear();
    }

    void send(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        await(SelectionKey.OP_WRITE);
        channel.write(bytes);
      }
    }

    /** Chunks, each after its length; one of length 0 ends them. Whether all were taken. */
    boolean send(InputStream content) throws IOException {
      byte[] piece = new byte[PIECE];
      ByteBuffer chunk = ByteBuffer.allocate(Integer.BYTES + PIECE);
      int read;
      do {
        read = content.readNBytes(piece, 0, PIECE);
        chunk.clear().putInt(read).put(piece, 0, read).flip();
        try {
          send(chunk);
        } catch (NotImported e) {
          throw e;
        } catch (IOException e) {
          // A limit: it says so and closes, while this still sends. The answer counts.
          LOG.log(System.Logger.Level.DEBUG, "the scanner reads no more", e);
          return false;
        }
      } while (read > 0);
      return true;
    }

    String answer() throws IOException {
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      ByteBuffer buffer = ByteBuffer.allocate(LONGEST_ANSWER);
      while (true) {
        await(SelectionKey.OP_READ);
        buffer.clear();
        int read = channel.read(buffer);
        if (read < 0) {
          throw new IOException("the scanner closed without an answer");
        }
        said.write(buffer.array(), 0, read);
        String text = said.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0');
        if (end >= 0) {
          return text.substring(0, end);
        }
        if (text.length() > LONGEST_ANSWER) {
          throw new IOException("the scanner talks on");
        }
      }
    }
  }
}
