package jp.sekisho.protocol.statement;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
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
 * <p>A text that is about no registered medium is {@code sekisho/grant/v3}, and only such a text
 * is. It has the lines of {@code v2}:
 *
 * <pre>
 * capability media-import | clipboard
 * medium -
 * fingerprint -
 * …
 * attendant S-2050, or -
 * recipient -
 * files (1 to 100000 that are copied in; 0 of clipboard)
 * bytes (1 to 1099511627776; of clipboard 1 to 1073741824)
 * names -
 * </pre>
 *
 * <p>Past 400 lines: a record of seventeen parts, and each names them all where it is made.
 *
 * @param request base64url of 16 bytes; names the request and the grant that comes of it
 * @param organ id of the 機関 whose approver decides
 * @param person staff number of who will use it
 * @param terminal the one terminal where it can be used
 * @param capability what it opens
 * @param medium id of the registered medium (登録媒体); null exactly where {@code capability} is of
 *     none ({@link Capability#isOfMedium})
 * @param fingerprint base64url of the SHA-256 that recognises that medium at a port; null with it
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
 * @param amount how much passes: an {@link Export} where files leave, {@link Bounds} where the text
 *     is of no medium; null exactly where {@code capability} is {@link Capability#USB_READ}
 */
public record ExportGrant(
    String request,
    String organ,
    String person,
    String terminal,
    Capability capability,
    @Nullable String medium,
    @Nullable String fingerprint,
    String reason,
    @Nullable String document,
    @Nullable String legalBasis,
    @Nullable String providedTo,
    int subjects,
    Instant start,
    Instant end,
    int minutes,
    @Nullable String attendant,
    @Nullable Amount amount)
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

  /** Most bytes that the clipboard takes over a boundary under one grant, 1 GiB. */
  public static final long MAX_CLIPBOARD_BYTES = 1L << 30;

  /** Most files that leave in plain, each by its name. */
  public static final int MAX_NAMED = 20;

  private static final String KIND = "grant";
  private static final List<byte[]> LATER_FORMS =
      Stream.of("sekisho/grant/v2\n", "sekisho/grant/v3\n")
          .map(line -> line.getBytes(StandardCharsets.UTF_8))
          .toList();

  /** What a grant opens. */
  public enum Capability {
    /** One registered medium is read at the terminal; nothing is written. */
    USB_READ("usb-read"),
    /** Files leave on one registered medium, encrypted for one recipient. */
    USB_EXPORT_ENCRYPTED("usb-export-encrypted"),
    /** Named files leave on one registered medium as they are; somebody stands by. */
    EXPORT_PLAIN("export-plain"),
    /** Files of any medium come in at the terminal, through quarantine. */
    MEDIA_IMPORT("media-import"),
    /** What is copied goes over a boundary of the terminal's clipboard. */
    CLIPBOARD("clipboard");

    private final String text;

    Capability(String text) {
      this.text = text;
    }

    /** The word on the wire. */
    public String text() {
      return text;
    }

    /** Whether it is about one registered medium, which its text names. */
    public boolean isOfMedium() {
      return this != MEDIA_IMPORT && this != CLIPBOARD;
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

  /** How much passes under a grant, at most. */
  public sealed interface Amount permits Export, Bounds {
    /** How many files; 0 where it is not about files. */
    int files();

    /** How many bytes together. */
    long bytes();
  }

  /**
   * How much comes in, or goes over a boundary, under a grant in all, at most.
   *
   * @param files how many are copied in, 1 to {@value #MAX_FILES}; 0 of the clipboard
   * @param bytes 1 to 2⁴⁰; of the clipboard 1 to 2³⁰
   */
  public record Bounds(int files, long bytes) implements Amount {
    /** Checks both by the rules of their lines. */
    public Bounds {
      Fields.require(files >= 0 && files <= MAX_FILES, "files is not 0 to " + MAX_FILES);
      ExportGrant.size(bytes, files == 0 ? MAX_CLIPBOARD_BYTES : MAX_BYTES);
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
  public record Export(String recipient, int files, long bytes, List<String> names)
      implements Amount {
    private static final String BETWEEN = "/";

    /** Checks every field by the rules of its line. */
    public Export {
      names = List.copyOf(names);
      Fields.require(Names.isRecipient(recipient), "recipient is not the id of one");
      Fields.require(files >= 1 && files <= MAX_FILES, "files is not 1 to " + MAX_FILES);
      ExportGrant.size(bytes, MAX_BYTES);
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
      @Nullable String medium,
      @Nullable String fingerprint,
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
    medium(capability, medium, fingerprint);
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
    switch (capability) {
      case USB_READ ->
          Fields.require(amount == null, "something leaves where a medium is only read");
      case USB_EXPORT_ENCRYPTED, EXPORT_PLAIN -> leaving(capability, attendant, amount);
      case MEDIA_IMPORT ->
          Fields.require(
              amount instanceof Bounds most && most.files() > 0,
              "an import without files and bytes alone");
      case CLIPBOARD ->
          Fields.require(
              amount instanceof Bounds most && most.files() == 0,
              "a clipboard without bytes alone");
    }
  }

  private static void medium(
      Capability capability, @Nullable String medium, @Nullable String fingerprint) {
    if (!capability.isOfMedium()) {
      Fields.require(medium == null && fingerprint == null, "a medium where there is none");
      return;
    }
    Fields.require(medium != null && Names.isMedium(medium), "medium is not a medium id");
    Fields.base64Url("fingerprint", Fields.orNone(fingerprint), 32);
  }

  private static void size(long bytes, long most) {
    Fields.require(bytes >= 1 && bytes <= most, "bytes is not 1 to " + most);
  }

  private static void leaving(
      Capability capability, @Nullable String attendant, @Nullable Amount amount) {
    if (!(amount instanceof Export export)) {
      throw new IllegalArgumentException("an export without recipient, files and bytes");
    }
    boolean plain = capability == Capability.EXPORT_PLAIN;
    Fields.require(
        export.names().size() == (plain ? export.files() : 0),
        "names are not those of all files that leave in plain");
    Fields.require(!plain || attendant != null, "nobody stands by where files leave in plain");
  }

  /** What leaves; null where nothing does. */
  public @Nullable Export export() {
    return amount instanceof Export export ? export : null;
  }

  /** Whether it is written as {@code v1}: a medium is read, and nobody stands by. */
  boolean isFirstForm() {
    return amount == null && attendant == null;
  }

  private int form() {
    if (!capability.isOfMedium()) {
      return 3;
    }
    return isFirstForm() ? 1 : 2;
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
        amount);
  }

  /**
   * Whether {@code longer} says the same but for its reason, and more time in at least one line. A
   * text of no medium is never extended: whoever needs more of it asks again.
   */
  public boolean isExtendedBy(ExportGrant longer) {
    return capability.isOfMedium()
        && !longer.end.isBefore(end)
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
    StatementLines lines = written(StatementLines.write(KIND, form()));
    if (!isFirstForm()) {
      Export export = export();
      List<String> names = export == null ? List.of() : export.names();
      lines =
          lines
              .line("attendant", Fields.orNone(attendant))
              .line("recipient", Fields.orNone(export == null ? null : export.recipient()))
              .line("files", Integer.toString(amount == null ? 0 : amount.files()))
              .line("bytes", Long.toString(amount == null ? 0 : amount.bytes()))
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
    int form = form(bytes);
    StatementLines lines = StatementLines.read(bytes, KIND, form);
    Matter matter = read(lines);
    Leaving leaving = form == 1 ? Leaving.NOTHING : Leaving.read(lines);
    Instant start = lines.instant("start");
    Instant end = lines.instant("end");
    int minutes = lines.number("minutes");
    lines.end();
    return Fields.sameBytes(
        bytes, () -> matter.within(start, end, minutes, leaving), ExportGrant::bytes);
  }

  private static int form(byte[] bytes) {
    for (int form = 2; form <= 3; form++) {
      byte[] line = LATER_FORMS.get(form - 2);
      if (bytes.length >= line.length
          && Arrays.equals(bytes, 0, line.length, line, 0, line.length)) {
        return form;
      }
    }
    return 1;
  }

  /**
   * The lines of the later forms as they stand there.
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

    /** What it does not take over is not written again, and the bytes are not the same then. */
    private @Nullable Amount amount(Capability capability) {
      if (!capability.isOfMedium()) {
        return new Bounds(files, bytes);
      }
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
        .line("medium", Fields.orNone(medium))
        .line("fingerprint", Fields.orNone(fingerprint))
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
    String medium = Fields.orNull(lines.value("medium"));
    String fingerprint = Fields.orNull(lines.value("fingerprint"));
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
            leaving.amount(capability));
  }
}
