package jp.sekisho.protocol.statement;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import org.jspecify.annotations.Nullable;

/**
 * The text of one exception (持ち出し許可): what an approver reads in full and approves with a card. Its
 * hash is the {@code detail} of the approver's {@link CardStatement}; the terminal opens nothing
 * but what it says. An exception without an end cannot be written down.
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
    int minutes)
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

  /** What a grant opens. */
  public enum Capability {
    /** One registered medium is read at the terminal; nothing is written. */
    USB_READ("usb-read");

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
        newMinutes);
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
    return written(StatementLines.write("grant"))
        .line("start", start.toString())
        .line("end", end.toString())
        .line("minutes", Integer.toString(minutes))
        .bytes();
  }

  /** The grant whose bytes are exactly {@code bytes}. */
  public static ExportGrant parse(byte[] bytes) throws MalformedException {
    StatementLines lines = StatementLines.read(bytes, "grant");
    Matter matter = read(lines);
    Instant start = lines.instant("start");
    Instant end = lines.instant("end");
    int minutes = lines.number("minutes");
    lines.end();
    return Fields.sameBytes(bytes, () -> matter.within(start, end, minutes), ExportGrant::bytes);
  }

  /** What a grant says but for its times. */
  @FunctionalInterface
  interface Matter {
    /**
     * The grant.
     *
     * @throws IllegalArgumentException when a field breaks the rules of its line
     */
    ExportGrant within(Instant start, Instant end, int minutes);
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
    return (start, end, minutes) ->
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
            minutes);
  }
}
