package jp.sekisho.protocol.statement;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import org.jspecify.annotations.Nullable;

/**
 * The text of one exception (電磁的記録媒体等使用許可): what an approver reads in full and approves with a
 * card. Its hash is the {@code detail} of the approver's {@link CardStatement}; the terminal opens
 * nothing but what it says. An exception without an end cannot be written down.
 *
 * <pre>
 * sekisho/grant/v1
 * request (base64url, 16 bytes)
 * organ mayor
 * person S-1024
 * terminal T-0042
 * capability usb-read
 * medium M-0007
 * fingerprint (base64url, SHA-256 of the medium's identity)
 * reason (free text, 1 to 400 characters)
 * document (文書番号, 1 to 100 characters), or -
 * legal-basis (法的根拠, 1 to 200 characters), or -
 * provided-to (提供先, 1 to 200 characters), or -
 * subjects (本人の数, 0 to 999999999)
 * start 2026-11-21T00:00:00Z
 * end 2026-11-21T03:00:00Z
 * minutes 30
 * </pre>
 *
 * <p>A text under which files leave, or at whose use somebody stands by (立会者), is {@code
 * sekisho/grant/v2}. It has five lines more after {@code subjects}; any other text is {@code v1},
 * so that each has one form:
 *
 * <pre>
 * capability usb-read | usb-export-encrypted | export-plain
 * …
 * attendant S-2050, or -
 * recipient (id in the policy's recipients), or -
 * files (0 to 100000; 0 where nothing leaves)
 * bytes (0 to 1099511627776; 0 where nothing leaves)
 * names (of the files, between /), or -
 * </pre>
 *
 * <p>Past 400 lines: a record of seventeen parts, and each names them all where it is made.
 *
 * @param request base64url of 16 bytes; names the request and the grant that comes of it
 * @param organ id of the 機関 whose approver decides
 * @param person staff number of who will use it
 * @param terminal the one terminal where it can be used
 * @param capability what it opens
 * @param medium id of the registered medium (登録媒体)
 * @param fingerprint base64url of the SHA-256 that recognises that medium at a port
 * @param reason why it is needed
 * @param document 文書番号 of the paper beside it; null when there is none
 * @param legalBasis 法的根拠; null when none is named
 * @param providedTo 提供先; null when nothing is handed over
 * @param subjects 本人の数, how many people the data is about
 * @param start whole second, UTC
 * @param end whole second, UTC; after {@code start}, at most {@value #MAX_DAYS} days
 * @param minutes longest use from activation, 1 to {@value #MAX_MINUTES}; the end cuts it short
 * @param attendant staff number of who stands by, never the person; null for nobody, which {@link
 *     Capability#EXPORT_PLAIN} does not allow
 * @param export what leaves; null exactly where {@code capability} is {@link Capability#USB_READ}
 */
public record ExportGrant(
    String request,
    String organ,
    String person,
    String terminal,
    Capability capability,
    String medium,
    String fingerprint,
    String reason,
    @Nullable String document,
    @Nullable String legalBasis,
    @Nullable String providedTo,
    int subjects,
    Instant start,
    Instant end,
    int minutes,
    @Nullable String attendant,
    @Nullable Export export)
    implements GrantText {
  /** Longest reason, in characters. */
  public static final int MAX_REASON = 400;

  /** Longest document number, in characters. */
  public static final int MAX_DOCUMENT = 100;

  /** Longest legal basis and longest recipient, in characters. */
  public static final int MAX_PLACE = 200;

  /** Most people the data can be about. */
  public static final int MAX_SUBJECTS = 999_999_999;

  /** Longest time from start to end that any grant can have; policies set less. */
  public static final int MAX_DAYS = 366;

  /** Longest use that any grant can have, in minutes: a day; policies set less. */
  public static final int MAX_MINUTES = 1_440;

  /** Most files of one grant; policies set less. */
  public static final int MAX_FILES = 100_000;

  /** Most bytes of one grant, 1 TiB; policies set less. */
  public static final long MAX_BYTES = 1L << 40;

  /** Most files that leave in plain, each by its name. */
  public static final int MAX_NAMED = 20;

  private static final String KIND = "grant";
  private static final byte[] SECOND_FORM = "sekisho/grant/v2\n".getBytes(StandardCharsets.UTF_8);

  /** What a grant opens. */
  public enum Capability {
    /** One registered medium is read at the terminal; nothing is written. */
    USB_READ("usb-read"),
    /** Files leave on one registered medium, encrypted for one recipient. */
    USB_EXPORT_ENCRYPTED("usb-export-encrypted"),
    /** Named files leave on one registered medium as they are; somebody stands by. */
    EXPORT_PLAIN("export-plain");

    private final String text;

    Capability(String text) {
      this.text = text;
    }

    /** The word on the wire. */
    public String text() {
      return text;
    }

    /** The capability called {@code text}. */
    public static Capability parse(String text) throws MalformedException {
      for (Capability capability : values()) {
        if (capability.text.equals(text)) {
          return capability;
        }
      }
      throw new MalformedException("unknown capability");
    }
  }

  /**
   * What leaves under a grant, at most.
   *
   * @param recipient id of to whom, as the policy knows it
   * @param files how many, 1 to {@value #MAX_FILES}
   * @param bytes of their content together, 1 to 2⁴⁰
   * @param names what they are called, each once; empty unless they leave in plain
   */
  public record Export(String recipient, int files, long bytes, List<String> names) {
    private static final String BETWEEN = "/";

    /** Checks every field by the rules of its line. */
    public Export {
      names = List.copyOf(names);
      Fields.require(Names.isRecipient(recipient), "recipient is not the id of one");
      Fields.require(files >= 1 && files <= MAX_FILES, "files is not 1 to " + MAX_FILES);
      Fields.require(bytes >= 1 && bytes <= MAX_BYTES, "bytes is not 1 to " + MAX_BYTES);
      names.forEach(name -> StatementLines.requireValue("names", name));
      // File systems of media do not tell the case of letters apart.
      long different = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).distinct().count();
      Fields.require(
          names.size() <= MAX_NAMED
              && different == names.size()
              && names.stream().allMatch(Names::isFile),
          "names is not of up to " + MAX_NAMED + " files, each once");
    }
  }

  /** One that is read without an attendant: all there was before files could leave. */
  public ExportGrant(
      String request,
      String organ,
      String person,
      String terminal,
      Capability capability,
      String medium,
      String fingerprint,
      String reason,
      @Nullable String document,
      @Nullable String legalBasis,
      @Nullable String providedTo,
      int subjects,
      Instant start,
      Instant end,
      int minutes) {
    this(
        request,
        organ,
        person,
        terminal,
        capability,
        medium,
        fingerprint,
        reason,
        document,
        legalBasis,
        providedTo,
        subjects,
        start,
        end,
        minutes,
        null,
        null);
  }

  /** Checks every field by the rules of its line. */
  public ExportGrant {
    Fields.base64Url("request", request, 16);
    Fields.require(Names.isOrgan(organ), "organ is not an organ id");
    Fields.require(Names.isPerson(person), "person is not a staff number");
    Fields.terminal(terminal);
    Fields.require(Names.isMedium(medium), "medium is not a medium id");
    Fields.base64Url("fingerprint", fingerprint, 32);
    Fields.freeText("reason", reason, MAX_REASON);
    optionalText("document", document, MAX_DOCUMENT);
    optionalText("legal-basis", legalBasis, MAX_PLACE);
    optionalText("provided-to", providedTo, MAX_PLACE);
    Fields.require(
        subjects >= 0 && subjects <= MAX_SUBJECTS, "subjects is not 0 to " + MAX_SUBJECTS);
    Fields.wholeSecond("start", start);
    Fields.wholeSecond("end", end);
    Fields.require(
        end.isAfter(start) && !end.isAfter(start.plus(Duration.ofDays(MAX_DAYS))),
        "end is not after start by at most " + MAX_DAYS + " days");
    Fields.require(minutes >= 1 && minutes <= MAX_MINUTES, "minutes is not 1 to " + MAX_MINUTES);
    Fields.require(
        attendant == null || (Names.isPerson(attendant) && !attendant.equals(person)),
        "attendant is not a staff number, or the person's");
    leaving(capability, attendant, export);
  }

  private static void leaving(
      Capability capability, @Nullable String attendant, @Nullable Export export) {
    if (capability == Capability.USB_READ) {
      Fields.require(export == null, "something leaves where a medium is only read");
      return;
    }
    if (export == null) {
      throw new IllegalArgumentException("an export without recipient, files and bytes");
    }
    boolean plain = capability == Capability.EXPORT_PLAIN;
    Fields.require(
        export.names().size() == (plain ? export.files() : 0),
        "names are not those of all files that leave in plain");
    Fields.require(!plain || attendant != null, "nobody stands by where files leave in plain");
  }

  /** Whether it is written as {@code v1}: nothing leaves, and nobody stands by. */
  boolean isFirstForm() {
    return export == null && attendant == null;
  }

  /**
   * Whether it may be repeated or extended: it only reads a medium and nobody stands by. Anything
   * else is looked at each time.
   */
  public boolean isRepeatable() {
    return isFirstForm();
  }

  /** Whether the line {@code reason} can say this. */
  public static boolean isReason(String text) {
    try {
      Fields.freeText("reason", text, MAX_REASON);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void optionalText(String name, @Nullable String text, int most) {
    if (text != null) {
      Fields.freeText(name, text, most);
    }
  }

  /** When a use that was activated at {@code activation} must be over: never after the end. */
  public Instant deadline(Instant activation) {
    Instant longest = activation.plus(Duration.ofMinutes(minutes));
    return longest.isBefore(end) ? longest : end;
  }

  /**
   * The text of an extension (延長): the same matter, to be in use for longer.
   *
   * @param why the reason for more time; stands where the first reason stood
   */
  public ExportGrant extended(String why, Instant newEnd, int newMinutes) {
    return new ExportGrant(
        request,
        organ,
        person,
        terminal,
        capability,
        medium,
        fingerprint,
        why,
        document,
        legalBasis,
        providedTo,
        subjects,
        start,
        newEnd,
        newMinutes,
        attendant,
        export);
  }

  /**
   * Whether {@code longer} says the same but for its reason, and more time in at least one line.
   */
  public boolean isExtendedBy(ExportGrant longer) {
    return !longer.end.isBefore(end)
        && longer.minutes >= minutes
        && (longer.end.isAfter(end) || longer.minutes > minutes)
        && longer.extended(reason, end, minutes).equals(this);
  }

  @Override
  public Optional<ExportGrant> allows(String grant) {
    return grant.equals(request) ? Optional.of(this) : Optional.empty();
  }

  @Override
  public byte[] bytes() {
    StatementLines lines = written(StatementLines.write(KIND, isFirstForm() ? 1 : 2));
    if (!isFirstForm()) {
      List<String> names = export == null ? List.of() : export.names();
      lines =
          lines
              .line("attendant", Fields.orNone(attendant))
              .line("recipient", Fields.orNone(export == null ? null : export.recipient()))
              .line("files", Integer.toString(export == null ? 0 : export.files()))
              .line("bytes", Long.toString(export == null ? 0 : export.bytes()))
              .line(
                  "names",
                  Fields.orNone(names.isEmpty() ? null : String.join(Export.BETWEEN, names)));
    }
    return lines
        .line("start", start.toString())
        .line("end", end.toString())
        .line("minutes", Integer.toString(minutes))
        .bytes();
  }

  /** The grant whose bytes are exactly {@code bytes}. */
  public static ExportGrant parse(byte[] bytes) throws MalformedException {
    boolean second =
        bytes.length >= SECOND_FORM.length
            && Arrays.equals(bytes, 0, SECOND_FORM.length, SECOND_FORM, 0, SECOND_FORM.length);
    StatementLines lines = StatementLines.read(bytes, KIND, second ? 2 : 1);
    Matter matter = read(lines);
    Leaving leaving = second ? Leaving.read(lines) : Leaving.NOTHING;
    Instant start = lines.instant("start");
    Instant end = lines.instant("end");
    int minutes = lines.number("minutes");
    lines.end();
    return Fields.sameBytes(
        bytes, () -> matter.within(start, end, minutes, leaving), ExportGrant::bytes);
  }

  /**
   * The lines of the second form as they stand there.
   *
   * @param attendant null for {@code -}, as the other texts
   */
  record Leaving(
      @Nullable String attendant,
      @Nullable String recipient,
      int files,
      long bytes,
      @Nullable String names) {
    /** What the first form says. */
    static final Leaving NOTHING = new Leaving(null, null, 0, 0, null);

    private static Leaving read(StatementLines lines) throws MalformedException {
      return new Leaving(
          Fields.orNull(lines.value("attendant")),
          Fields.orNull(lines.value("recipient")),
          lines.number("files"),
          lines.size("bytes"),
          Fields.orNull(lines.value("names")));
    }

    /** Null without a recipient: other lines that say something then are not written again. */
    private @Nullable Export export() {
      return recipient == null
          ? null
          : new Export(
              recipient,
              files,
              bytes,
              names == null ? List.of() : List.of(names.split(Export.BETWEEN, -1)));
    }
  }

  /** What a grant says but for its times. */
  @FunctionalInterface
  interface Matter {
    /**
     * The grant.
     *
     * @throws IllegalArgumentException when a field breaks the rules of its line
     */
    ExportGrant within(Instant start, Instant end, int minutes, Leaving leaving);

    /** The grant, in its first form. */
    default ExportGrant within(Instant start, Instant end, int minutes) {
      return within(start, end, minutes, Leaving.NOTHING);
    }
  }

  /** Adds the lines before the times, which are the same in the text of a series. */
  StatementLines written(StatementLines lines) {
    return lines
        .line("request", request)
        .line("organ", organ)
        .line("person", person)
        .line("terminal", terminal)
        .line("capability", capability.text())
        .line("medium", medium)
        .line("fingerprint", fingerprint)
        .line("reason", reason)
        .line("document", Fields.orNone(document))
        .line("legal-basis", Fields.orNone(legalBasis))
        .line("provided-to", Fields.orNone(providedTo))
        .line("subjects", Integer.toString(subjects));
  }

  /** Reads what {@link #written} writes. */
  static Matter read(StatementLines lines) throws MalformedException {
    String request = lines.value("request");
    String organ = lines.value("organ");
    String person = lines.value("person");
    String terminal = lines.value("terminal");
    Capability capability = Capability.parse(lines.value("capability"));
    String medium = lines.value("medium");
    String fingerprint = lines.value("fingerprint");
    String reason = lines.value("reason");
    String document = Fields.orNull(lines.value("document"));
    String legalBasis = Fields.orNull(lines.value("legal-basis"));
    String providedTo = Fields.orNull(lines.value("provided-to"));
    int subjects = lines.number("subjects");
    return (start, end, minutes, leaving) ->
        new ExportGrant(
            request,
            organ,
            person,
            terminal,
            capability,
            medium,
            fingerprint,
            reason,
            document,
            legalBasis,
            providedTo,
            subjects,
            start,
            end,
            minutes,
            leaving.attendant(),
            leaving.export());
  }
}
