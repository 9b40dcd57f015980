package jp.sekisho.agent.ipc;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.agent.emergency.EmergencyOutcome;
import jp.sekisho.agent.emergency.Talk;
import jp.sekisho.agent.enforce.clipboard.Answer;
import jp.sekisho.agent.enforce.clipboard.Board;
import jp.sekisho.agent.enforce.clipboard.Crossing;
import jp.sekisho.agent.enforce.clipboard.Hold;
import jp.sekisho.agent.enforce.clipboard.Treatment;
import jp.sekisho.agent.export.ClerkFiles;
import jp.sekisho.agent.export.ExportOutcome;
import jp.sekisho.agent.export.WrittenPart;
import jp.sekisho.agent.intake.ClerkFolder;
import jp.sekisho.agent.intake.ImportOutcome;
import jp.sekisho.agent.intake.Quarantine;
import jp.sekisho.agent.offline.OfflineOutcome;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.policy.clipboard.ClipboardMode;
import jp.sekisho.policy.clipboard.ClipboardSettings;
import jp.sekisho.policy.clipboard.CopyFormat;
import jp.sekisho.policy.number.Score;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.BreakGlass.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The JSON payloads of frames. Each {@code check} says what a reader must not believe unseen.
 *
 * <p>Past 400 lines: a few for each frame.
 */
final class Messages {
  /** The protocol's version; another one is refused. */
  static final int VERSION = 2;

  /** What a session process may give as the reason for no PIN. */
  private static final Set<Refusal> REASONS =
      Set.of(Refusal.PIN_CANCELLED, Refusal.PROMPT_UNAVAILABLE);

  private Messages() {}

  /**
   * HELLO.
   *
   * @param version {@value #VERSION}
   * @param language {@code ja} or {@code en}
   */
  record Hello(int version, String language) {
    static Hello in(Locale locale) {
      return new Hello(VERSION, locale.getLanguage().equals("ja") ? "ja" : "en");
    }

    Locale check() throws MalformedException {
      if (version != VERSION) {
        throw new MalformedException("another version of the session protocol");
      }
      if ("ja".equals(language)) {
        return Locale.JAPANESE;
      }
      if ("en".equals(language)) {
        return Locale.ENGLISH;
      }
      throw new MalformedException("language is not ja or en");
    }
  }

  /**
   * PROMPT.
   *
   * @param prompt its number, from 1, new for every window of a connection
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Prompt(
      int prompt,
      String reader,
      int triesLeft,
      String purpose,
      @Nullable String text,
      String card,
      boolean onKeys) {
    static Prompt of(int number, PinPrompt prompt) {
      return new Prompt(
          number,
          prompt.readerName(),
          prompt.triesLeft(),
          prompt.purpose(),
          prompt.text(),
          prompt.card().text(),
          prompt.onKeys());
    }

    PinPrompt check() throws MalformedException {
      if (reader == null || purpose == null || card == null) {
        throw new MalformedException("PROMPT without reader, purpose or card");
      }
      CardKind kind =
          CardKind.find(card)
              .orElseThrow(() -> new MalformedException("PROMPT for no kind of card"));
      try {
        return new PinPrompt(reader, triesLeft, purpose, text, kind, onKeys);
      } catch (IllegalArgumentException e) {
        throw new MalformedException("PROMPT: " + e.getMessage());
      }
    }
  }

  /** NO_PIN. */
  record NoPin(int prompt, Refusal refusal) {
    Refusal check() throws MalformedException {
      if (refusal == null || !REASONS.contains(refusal)) {
        throw new MalformedException("NO_PIN with a reason that is not the session's to give");
      }
      return refusal;
    }
  }

  /**
   * EMERGENCY.
   *
   * @param version {@value #VERSION}
   * @param minutes how long the medium is to be open, from its opening
   * @param reason a {@link Reason}'s word
   */
  record Emergency(int version, int minutes, String reason) {
    Reason check() throws MalformedException {
      if (version != VERSION || reason == null) {
        throw new MalformedException("EMERGENCY of another version, or without a reason");
      }
      return Reason.parse(reason);
    }
  }

  /**
   * STEP.
   *
   * @param step {@code first second user}
   * @param problem why it is the same step again; null when it is not
   */
  record Step(String step, @Nullable Refusal problem) {
    Talk.Step check() throws MalformedException {
      for (Talk.Step each : Talk.Step.values()) {
        if (each.text().equals(step)) {
          return each;
        }
      }
      throw new MalformedException("STEP without a step");
    }
  }

  /**
   * ENDED.
   *
   * @param refusal null when the medium is open
   * @param place its directory; null when it is not
   * @param minutes until it is closed; 0 when it is not open
   */
  record Ended(@Nullable Refusal refusal, @Nullable String place, int minutes) {
    static Ended of(EmergencyOutcome outcome) {
      return outcome instanceof EmergencyOutcome.Opened open
          ? new Ended(null, open.mountPoint().toString(), open.minutes())
          : new Ended(((EmergencyOutcome.Refused) outcome).reason(), null, 0);
    }

    EmergencyOutcome check() throws MalformedException {
      if (refusal != null) {
        return new EmergencyOutcome.Refused(refusal);
      }
      if (place == null) {
        throw new MalformedException("ENDED without refusal and place");
      }
      return new EmergencyOutcome.Opened(Path.of(place), minutes);
    }
  }

  /**
   * OFFLINE.
   *
   * @param version {@value #VERSION}
   * @param lastTry the person was told that one PIN try is left and wants to use it
   */
  record Offline(int version, boolean lastTry) {
    boolean check() throws MalformedException {
      if (version != VERSION) {
        throw new MalformedException("OFFLINE of another version");
      }
      return lastTry;
    }
  }

  /**
   * OFFLINE_ENDED.
   *
   * @param refusal null when somebody is logged in
   * @param person staff number of who is; null when nobody is
   * @param minutes how long at most; 0 when nobody is
   * @param ja why the policy refused it; null unless it did
   * @param en the same in English
   * @param help whom a refusal tells people to call; empty where that is not known
   */
  record OfflineEnded(
      @Nullable Refusal refusal,
      @Nullable String person,
      long minutes,
      @Nullable String ja,
      @Nullable String en,
      String help) {
    static OfflineEnded of(OfflineOutcome outcome, String help) {
      if (outcome instanceof OfflineOutcome.LoggedIn in) {
        return new OfflineEnded(null, in.person(), in.minutes(), null, null, help);
      }
      OfflineOutcome.Refused no = (OfflineOutcome.Refused) outcome;
      jp.sekisho.policy.rule.Reason why = no.why();
      return new OfflineEnded(
          no.reason(), null, 0, why == null ? null : why.ja(), why == null ? null : why.en(), help);
    }

    OfflineOutcome check() throws MalformedException {
      if (refusal == null) {
        if (person == null) {
          throw new MalformedException("OFFLINE_ENDED without refusal and person");
        }
        return new OfflineOutcome.LoggedIn(person, minutes);
      }
      try {
        return new OfflineOutcome.Refused(
            refusal, ja == null || en == null ? null : new jp.sekisho.policy.rule.Reason(ja, en));
      } catch (IllegalArgumentException e) {
        throw new MalformedException("OFFLINE_ENDED with a reason that is none");
      }
    }
  }

  /**
   * EXPORT.
   *
   * @param version {@value #VERSION}
   * @param grant id
   */
  record Export(int version, String grant) {
    String check() throws MalformedException {
      if (version != VERSION || grant == null) {
        throw new MalformedException("EXPORT of another version, or without a grant");
      }
      Base64Url.decode(grant, 16);
      return grant;
    }
  }

  /**
   * FILE.
   *
   * @param name without a directory; null when there is no further file
   * @param bytes how many it has; 0 when there is none
   */
  record OfferedFile(@Nullable String name, long bytes) {
    Optional<ClerkFiles.Offered> check() throws MalformedException {
      if (name == null) {
        return Optional.empty();
      }
      if (bytes < 0) {
        throw new MalformedException("FILE of less than nothing");
      }
      return Optional.of(new ClerkFiles.Offered(name, bytes));
    }
  }

  /**
   * WRITTEN.
   *
   * @param name of the part on the medium
   * @param part which part of its file: 1 for the first
   * @param content bytes of the file that are in it
   * @param bytes how many stand on the medium
   * @param sha256 base64url of the SHA-256 of these
   */
  record Written(String name, int part, long content, long bytes, String sha256) {
    static Written of(WrittenPart part) {
      return new Written(part.name(), part.part(), part.content(), part.bytes(), part.sha256());
    }

    WrittenPart check() throws MalformedException {
      if (name == null || sha256 == null) {
        throw new MalformedException("WRITTEN without name or hash");
      }
      return new WrittenPart(name, part, content, bytes, sha256);
    }
  }

  /**
   * EXPORT_ENDED.
   *
   * @param refusal null when all of it was written
   * @param files how many are whole on the medium
   * @param help whom a refusal tells people to call; empty where that is not known
   */
  record ExportEnded(@Nullable Refusal refusal, int files, String help) {
    ExportOutcome check() {
      return new ExportOutcome(refusal, files);
    }
  }

  /**
   * IMPORT.
   *
   * @param version {@value #VERSION}
   * @param grant id
   */
  record Import(int version, String grant) {
    String check() throws MalformedException {
      return new Export(version, grant).check();
    }
  }

  /**
   * STAGE.
   *
   * @param stage {@code copying checking}
   */
  record Stage(String stage) {
    static Stage of(ClerkFolder.Stage stage) {
      return new Stage(stage.name().toLowerCase(Locale.ROOT));
    }

    ClerkFolder.Stage check() throws MalformedException {
      for (ClerkFolder.Stage each : ClerkFolder.Stage.values()) {
        if (of(each).equals(this)) {
          return each;
        }
      }
      throw new MalformedException("STAGE without a stage");
    }
  }

  /**
   * OFFER.
   *
   * @param path folders, then the name
   */
  record Offer(List<String> path, long bytes) {
    /** The path, of names that are plain. */
    List<String> check() throws MalformedException {
      return names(path);
    }
  }

  /** Names under which a process may make something in a folder of its user. */
  private static List<String> names(List<String> path) throws MalformedException {
    if (path == null
        || path.isEmpty()
        || path.size() > Quarantine.DEEPEST + 1
        || !path.stream().allMatch(name -> name != null && Quarantine.isPlain(name))) {
      throw new MalformedException("a path that is none");
    }
    return List.copyOf(path);
  }

  /** KEPT. */
  record Kept(String sha256) {
    String check() throws MalformedException {
      if (sha256 == null) {
        throw new MalformedException("KEPT without a hash");
      }
      Base64Url.decode(sha256, 32);
      return sha256;
    }
  }

  /**
   * LEFT_OUT.
   *
   * @param file its path, fit to be shown
   * @param found what the scanner calls it; null when it found nothing
   */
  record LeftOut(String file, Refusal reason, @Nullable String found) {
    static LeftOut of(ClerkFolder.LeftOut file) {
      return new LeftOut(file.shown(), file.reason(), file.found());
    }

    ClerkFolder.LeftOut check() throws MalformedException {
      if (file == null || reason == null) {
        throw new MalformedException("LEFT_OUT without file or reason");
      }
      return new ClerkFolder.LeftOut(file, reason, found);
    }
  }

  /** TAKEN. */
  record Taken(List<String> path, long bytes, String sha256, String kind) {
    static Taken of(ClerkFolder.Taken file) {
      return new Taken(file.path(), file.bytes(), file.sha256(), file.kind());
    }

    ClerkFolder.Taken check() throws MalformedException {
      if (sha256 == null || kind == null) {
        throw new MalformedException("TAKEN without hash or kind");
      }
      return new ClerkFolder.Taken(names(path), bytes, sha256, kind);
    }
  }

  /**
   * IMPORT_ENDED.
   *
   * @param refusal null when it came to its end
   * @param files how many arrived
   * @param leftOut how many stayed out
   * @param help whom a refusal tells people to call; empty where that is not known
   */
  record ImportEnded(@Nullable Refusal refusal, int files, int leftOut, String help) {
    ImportOutcome check() {
      return new ImportOutcome(refusal, files, leftOut);
    }
  }

  /**
   * CLIPBOARD.
   *
   * @param mode {@code block guard audit allow}
   * @param keeps whether contents are taken over and served
   * @param free programs between which nothing is asked
   */
  record Clipboard(String mode, boolean keeps, List<String> free) {
    static Clipboard of(Treatment treatment) {
      return new Clipboard(
          word(treatment.mode()), treatment.keeps(), treatment.free().stream().sorted().toList());
    }

    Treatment check() throws MalformedException {
      if (free == null || free.stream().anyMatch(Objects::isNull)) {
        throw new MalformedException("CLIPBOARD without a list of programs");
      }
      return new Treatment(parse(ClipboardMode.class, mode), keeps, Set.copyOf(free));
    }
  }

  /**
   * CLIPBOARD_STANDING.
   *
   * @param fault a stable word; null when it is held
   */
  record ClipboardStanding(@Nullable String fault) {
    Hold check() throws MalformedException {
      if (fault != null && !fault.matches("clipboard-[a-z-]{1,28}")) {
        throw new MalformedException("CLIPBOARD_STANDING with a fault that is none");
      }
      return new Hold(fault);
    }
  }

  /**
   * CROSSING.
   *
   * @param number its number, from 1, new for each of a connection
   * @param score {@code low}, {@code high}; null for none
   */
  record CrossingAsked(
      int number,
      String board,
      String from,
      String to,
      List<String> formats,
      long bytes,
      boolean searched,
      @Nullable String score) {
    static CrossingAsked of(int number, Crossing crossing) {
      return new CrossingAsked(
          number,
          crossing.board().text(),
          crossing.from(),
          crossing.to(),
          crossing.formats().stream().map(Messages::word).toList(),
          crossing.bytes(),
          crossing.searched(),
          crossing.number() == null ? null : word(crossing.number()));
    }

    Crossing check() throws MalformedException {
      if (formats == null || formats.size() > CopyFormat.values().length || bytes < 0) {
        throw new MalformedException("CROSSING without formats, or of less than nothing");
      }
      List<CopyFormat> kinds = new ArrayList<>();
      for (String each : formats) {
        kinds.add(parse(CopyFormat.class, each));
      }
      return new Crossing(
          parse(Board.class, board),
          program(from),
          program(to),
          kinds,
          bytes,
          searched,
          score == null ? null : parse(Score.class, score));
    }

    private static String program(@Nullable String name) throws MalformedException {
      if (name == null || (!name.isEmpty() && !ClipboardSettings.PROGRAM.matcher(name).matches())) {
        throw new MalformedException("CROSSING of a program without a name");
      }
      return name;
    }
  }

  /**
   * CROSSING_ANSWER.
   *
   * @param refusal null when it may be
   * @param ja why the policy says so; null unless it does
   * @param en the same in English
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record CrossingAnswer(
      int number,
      @Nullable Refusal refusal,
      @Nullable String ja,
      @Nullable String en,
      boolean warn,
      String help) {
    static CrossingAnswer of(int number, Answer answer) {
      jp.sekisho.policy.rule.Reason why = answer.why();
      return new CrossingAnswer(
          number,
          answer.refusal(),
          why == null ? null : why.ja(),
          why == null ? null : why.en(),
          answer.warn(),
          answer.help());
    }

    Answer check() throws MalformedException {
      if (help == null) {
        throw new MalformedException("CROSSING_ANSWER without help");
      }
      try {
        return new Answer(
            refusal,
            ja == null || en == null ? null : new jp.sekisho.policy.rule.Reason(ja, en),
            warn,
            help);
      } catch (IllegalArgumentException e) {
        throw new MalformedException("CROSSING_ANSWER with a reason that is none");
      }
    }
  }

  /** CLIPBOARD_OPEN. */
  record ClipboardOpen(int minutes, long bytes) {}

  /**
   * CLIPBOARD_ENDED.
   *
   * @param refusal why it was not begun; null when it was
   * @param cause why it ended; null when it was not begun
   * @param help whom a refusal tells people to call; empty where that is not known
   */
  record ClipboardEnded(
      @Nullable Refusal refusal, @Nullable String cause, int copies, long bytes, String help) {}

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static <E extends Enum<E>> E parse(Class<E> type, @Nullable String word)
      throws MalformedException {
    for (E each : type.getEnumConstants()) {
      if (word(each).equals(word)) {
        return each;
      }
    }
    throw new MalformedException("no such word");
  }

  /** CLOSE_PROMPT. */
  record ClosePrompt(int prompt) {}

  /** SHOWN. */
  record Shown(int prompt) {}
}
