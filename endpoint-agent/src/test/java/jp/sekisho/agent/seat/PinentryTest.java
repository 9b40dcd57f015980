package jp.sekisho.agent.seat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import jp.sekisho.agent.ipc.Waiting;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.ExportGrant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The session's talk with pinentry, spoken by a script that answers as each test wants.
 *
 * <p>Past 400 lines: a case for each answer.
 */
class PinentryTest {
  private static final PinOutcome CANCELLED = new PinOutcome.None(Refusal.PIN_CANCELLED);
  private static final PinOutcome UNAVAILABLE = new PinOutcome.None(Refusal.PROMPT_UNAVAILABLE);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  private static Pinentry pinentry(Path program, Locale locale) {
    return new Pinentry(() -> Optional.of(new PinentryProgram(program, Optional.empty())), locale);
  }

  private PinOutcome ask(String onGetpin) throws IOException {
    return ask(FakePinentry.in(directory, onGetpin), new PinPrompt("Reader 00", 3, "login", null));
  }

  private static PinOutcome ask(FakePinentry fake, PinPrompt prompt) {
    return pinentry(fake.program(), Locale.JAPANESE).ask(prompt, LONG, () -> true, () -> {});
  }

  private static String text(PinOutcome outcome) {
    return outcome.match(
        typed -> new String(typed.pin().bytes(), StandardCharsets.UTF_8),
        none -> "none: " + none.reason());
  }

  private static boolean confirm(Path program) {
    return pinentry(program, Locale.JAPANESE)
        .confirm("合言葉", "ABCD-EFGH\n電話で伝える", "控えた", "やめる", LONG);
  }

  @Test
  void whatIsShownToBeConfirmedIsSaidOnceAndNothingIsTyped() throws Exception {
    FakePinentry fake = FakePinentry.in(directory, "exit 1");
    assertTrue(confirm(fake.program()));
    List<String> lines = fake.lines();
    assertEquals(1, lines.stream().filter(line -> line.contains("ABCD-EFGH%0A")).count());
    assertTrue(lines.contains("CONFIRM") && !lines.contains("GETPIN"), lines.toString());
  }

  @Test
  void whatIsCancelledOrCannotBeShownIsNotConfirmed() throws Exception {
    FakePinentry fake = FakePinentry.in(directory, "exit 1");
    Files.writeString(
        fake.program(),
        Files.readString(fake.program())
            .replace("BYE)", "CONFIRM) echo 'ERR 83886194 not confirmed' ;;\n    BYE)"));
    assertFalse(confirm(fake.program()));
    assertFalse(confirm(directory.resolve("none")));
    assertFalse(new Pinentry(Optional::empty, Locale.JAPANESE).confirm("a", "b", "c", "d", LONG));
  }

  @Test
  void typedPinIsReturnedAsItsBytes() throws Exception {
    assertEquals("123456", text(ask("echo 'D 123456'; echo OK")));
  }

  /** What was said about a window that answers GETPIN so; with this patience. */
  private List<String> told(String onGetpin, Duration patience) throws IOException {
    FakePinentry fake = FakePinentry.in(directory, onGetpin);
    List<String> told = new CopyOnWriteArrayList<>();
    PinOutcome outcome =
        new Pinentry(
                () -> Optional.of(new PinentryProgram(fake.program(), Optional.empty())),
                Locale.JAPANESE,
                patience)
            .ask(
                new PinPrompt("r", PinPrompt.TRIES_UNKNOWN, "login", null),
                LONG,
                () -> true,
                () -> told.add("shown"));
    told.add(text(outcome));
    return told;
  }

  @Test
  void windowIsUpWhenItsProgramDoesNotRefuseAtOnce() throws Exception {
    Path shown = directory.resolve("shown");
    FakePinentry fake =
        FakePinentry.in(
            directory, "while ! [ -e '" + shown + "' ]; do :; done; echo 'D 1'; echo OK");
    PinOutcome outcome =
        new Pinentry(
                () -> Optional.of(new PinentryProgram(fake.program(), Optional.empty())),
                Locale.JAPANESE,
                Duration.ZERO)
            .ask(
                new PinPrompt("r", PinPrompt.TRIES_UNKNOWN, "login", null),
                LONG,
                () -> true,
                () -> create(shown));
    assertEquals("1", text(outcome));
  }

  private static void create(Path file) {
    try {
      Files.createFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void windowThatAnswersAtOnceWasUp() throws Exception {
    assertEquals(List.of("shown", "1"), told("echo 'D 1'; echo OK", LONG));
  }

  @Test
  void windowThatIsRefusedOrClosedAtOnceIsNeverUp() throws Exception {
    assertEquals(
        List.of("none: PROMPT_UNAVAILABLE"),
        told("echo 'ERR 83918950 Inappropriate ioctl for device'", LONG));
    assertEquals(List.of("none: PROMPT_UNAVAILABLE"), told("exit 1", LONG));
    assertEquals(
        List.of("none: PIN_CANCELLED"), told("echo 'ERR 83886179 cancelled <Pinentry>'", LONG));
  }

  @Test
  void windowBesideASharedReaderSaysThatItIsShared() throws Exception {
    FakePinentry fake = FakePinentry.in(directory, "echo 'D 1'; echo OK");
    text(ask(fake, new PinPrompt("r", PinPrompt.TRIES_UNKNOWN, "login", null)));
    assertTrue(
        fake.lines().stream().anyMatch(line -> line.contains("住民の方も使うリーダーです")),
        fake.lines().toString());
  }

  @Test
  void percentEscapesAreDecodedAndDataLinesJoined() throws Exception {
    assertEquals("12%\n１", text(ask("echo 'D 12%25%0a'; echo 'D %EF%BC%91'; echo OK")));
  }

  @Test
  void confirmedEmptyWindowIsAnEmptyPin() throws Exception {
    assertEquals("", text(ask("echo OK")));
  }

  @Test
  void cancelTimeoutAndCloseAreCancelled() throws Exception {
    for (int code : new int[] {83886179, 83886142, 83886194, 83886278}) {
      assertEquals(CANCELLED, ask("echo 'ERR " + code + " cancelled <Pinentry>'"));
    }
  }

  @Test
  void windowThatCannotBeShownIsUnavailable() throws Exception {
    // ENOTTY, as pinentry-curses says it without a terminal.
    assertEquals(UNAVAILABLE, ask("echo 'ERR 83918950 Inappropriate ioctl for device'"));
    assertEquals(UNAVAILABLE, ask("exit 1"));
    assertEquals(UNAVAILABLE, ask("echo hello"));
    assertEquals(UNAVAILABLE, ask("echo 'INQUIRE QUALITY'"));
    assertEquals(UNAVAILABLE, ask("echo 'D 12%2'; echo OK"));
    assertEquals(UNAVAILABLE, ask("echo 'D %zz'; echo OK"));
    assertEquals(UNAVAILABLE, ask("echo 'ERR '"));
    assertEquals(UNAVAILABLE, ask("echo 'ERR 99999999999'"));
  }

  @Test
  void linesAndDataHaveLimits() throws Exception {
    assertEquals(256, text(ask("printf 'D %0256d\\n' 0; echo OK")).length());
    assertEquals(UNAVAILABLE, ask("printf 'D %0257d\\n' 0; echo OK"));
    assertEquals(UNAVAILABLE, ask("printf 'D %0400d\\n' 0; echo OK"));
    assertEquals(UNAVAILABLE, ask("printf 'S %01000d\\n' 0; echo 'D 1'; echo OK"));
    assertEquals(UNAVAILABLE, ask("head -c 100000 /dev/zero; echo OK"));
  }

  @Test
  void programThatIsMissingOrDoesNotGreetIsUnavailable() throws Exception {
    assertEquals(
        UNAVAILABLE,
        pinentry(directory.resolve("nowhere"), Locale.JAPANESE)
            .ask(new PinPrompt("r", 3, "login", null), LONG, () -> true, () -> {}));
    assertEquals(
        UNAVAILABLE,
        new Pinentry(Optional::empty, Locale.JAPANESE)
            .ask(new PinPrompt("r", 3, "login", null), LONG, () -> true, () -> {}));
    assertEquals(
        UNAVAILABLE,
        ask(
            FakePinentry.write(directory, "echo 'ERR 1 no'", "echo OK"),
            new PinPrompt("r", 3, "login", null)));
  }

  @Test
  void windowSaysCardPinReaderTriesAndPurpose() throws Exception {
    FakePinentry fake = FakePinentry.in(directory, "echo 'D 1'; echo OK");
    text(ask(fake, new PinPrompt("ACR39U 100% [A]", 2, "login", null)));
    List<String> lines = fake.lines();
    assertTrue(lines.contains("SETTITLE 職員証のPIN"), lines.toString());
    assertTrue(lines.contains("SETTIMEOUT 60"), lines.toString());
    assertTrue(
        lines.contains(
            "SETDESC ログインします。職員証のPIN（6～8桁の数字）を入力してください。"
                + "%0Aリーダー：ACR39U 100%25 [A]%0Aあと2回まで入力できます"),
        lines.toString());
    assertTrue(lines.stream().noneMatch(line -> line.startsWith("SETERROR")), lines.toString());
    assertEquals(List.of("GETPIN", "BYE"), lines.subList(lines.size() - 2, lines.size()));
  }

  @Test
  void pinOfAMyNumberCardIsAskedForByItsName() throws Exception {
    FakePinentry fake = FakePinentry.in(directory, "echo 'D 1'; echo OK");
    text(ask(fake, new PinPrompt("r", 1, "login", null, CardKind.JPKI, false)));
    List<String> lines = fake.lines();
    assertTrue(lines.contains("SETTITLE マイナンバーカードの暗証番号"), lines.toString());
    assertTrue(
        lines.stream().anyMatch(line -> line.contains("利用者証明用電子証明書の暗証番号（4桁の数字）")),
        lines.toString());
    assertTrue(
        lines.stream().anyMatch(line -> line.startsWith("SETERROR ") && line.contains("市区町村の窓口")),
        lines.toString());
  }

  @Test
  void readerWithKeysIsConsentedToAndNothingIsTypedHere() throws Exception {
    FakePinentry fake = FakePinentry.in(directory, "echo 'D 1'; echo OK");
    PinPrompt prompt = new PinPrompt("r", 3, "login", null, CardKind.STAFF_PIV, true);
    assertEquals("", text(ask(fake, prompt)));
    List<String> lines = fake.lines();
    assertTrue(lines.contains("CONFIRM"), lines.toString());
    assertFalse(lines.contains("GETPIN"), lines.toString());
    assertTrue(
        lines.stream().anyMatch(line -> line.contains("リーダーのキーで入力してください")), lines.toString());
  }

  @Test
  void lastTryIsWarnedOf() throws Exception {
    FakePinentry fake = FakePinentry.in(directory, "echo 'D 1'; echo OK");
    text(
        pinentry(fake.program(), Locale.ENGLISH)
            .ask(new PinPrompt("r", 1, "unlock", null), LONG, () -> true, () -> {}));
    assertTrue(
        fake.lines().stream().anyMatch(line -> line.startsWith("SETERROR Last try:")),
        fake.lines().toString());
    assertTrue(fake.lines().contains("SETTITLE Staff card PIN"));
  }

  @Test
  void readerCannotInjectCommandsOrTurnTextAround() throws Exception {
    FakePinentry fake = FakePinentry.in(directory, "echo 'D 1'; echo OK");
    text(ask(fake, new PinPrompt("evil\nGETPIN\r\u202E", 3, "login", null)));
    assertEquals(1, fake.lines().stream().filter("GETPIN"::equals).count());
    assertTrue(
        fake.lines().stream().anyMatch(line -> line.contains("evil\uFFFDGETPIN\uFFFD\uFFFD")),
        fake.lines().toString());
  }

  @Test
  void approvedTextIsShownWholeOrNotAtAll() throws Exception {
    FakePinentry fake = FakePinentry.in(directory, "echo 'D 1'; echo OK");
    assertEquals("1", text(ask(fake, new PinPrompt("r", 3, "approve", "一行目\n二行目"))));
    assertFalse(fake.lines().contains("CONFIRM"), "one window");
    assertTrue(
        fake.lines().stream().anyMatch(line -> line.endsWith("%0A%0A一行目%0A二行目")),
        fake.lines().toString());
  }

  /** The longest text of something to read: four bytes a character, escapes. */
  static String longestText() {
    return new String(longest().bytes(), StandardCharsets.UTF_8);
  }

  private static ExportGrant longest() {
    return new ExportGrant(
        "AAAAAAAAAAAAAAAAAAAAAA",
        "mayor",
        "S-1024",
        "T-0042",
        ExportGrant.Capability.USB_READ,
        "M-0007",
        Sha256.text(),
        "\uD842\uDFB7".repeat(ExportGrant.MAX_REASON),
        "%".repeat(ExportGrant.MAX_DOCUMENT),
        "法".repeat(ExportGrant.MAX_PLACE),
        "\uD842\uDFB7".repeat(ExportGrant.MAX_PLACE),
        ExportGrant.MAX_SUBJECTS,
        Instant.parse("2026-11-21T00:00:00Z"),
        Instant.parse("2026-11-22T00:00:00Z"),
        ExportGrant.MAX_MINUTES);
  }

  /** The longest text of anything: with the names of all files that may leave in plain. */
  static String longestExport() {
    ExportGrant read = longest();
    return new String(
        new ExportGrant(
                read.request(),
                read.organ(),
                read.person(),
                read.terminal(),
                ExportGrant.Capability.EXPORT_PLAIN,
                read.medium(),
                read.fingerprint(),
                read.reason(),
                read.document(),
                read.legalBasis(),
                read.providedTo(),
                read.subjects(),
                read.start(),
                read.end(),
                read.minutes(),
                "S-" + "2".repeat(30),
                new ExportGrant.Export(
                    "r".repeat(64),
                    ExportGrant.MAX_NAMED,
                    ExportGrant.MAX_BYTES,
                    IntStream.range(0, ExportGrant.MAX_NAMED)
                        .mapToObj(number -> "法".repeat(84) + (char) ('a' + number))
                        .toList()))
            .bytes(),
        StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ja", "en"})
  void longestTextIsShownWholeOnPagesBeforeThePinIsAsked(String language) throws Exception {
    shownWhole(longestText(), 5, language);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ja", "en"})
  void longestTextOfWhatLeavesIsShownWholeToo(String language) throws Exception {
    shownWhole(longestExport(), 11, language);
  }

  private void shownWhole(String text, int expectedPages, String language) throws Exception {
    FakePinentry fake = FakePinentry.in(directory, "echo 'D 1'; echo OK");
    String reader = "リ".repeat(PinPrompt.MAX_READER);
    assertEquals(
        "1",
        text(
            pinentry(fake.program(), Locale.forLanguageTag(language))
                .ask(new PinPrompt(reader, 3, "approve", text), LONG, () -> true, () -> {})));
    List<String> lines = fake.lines();
    assertTrue(
        lines.stream().allMatch(line -> line.getBytes(StandardCharsets.UTF_8).length <= 1000));
    int pin = lines.indexOf("GETPIN");
    long pages = lines.subList(0, pin).stream().filter("CONFIRM"::equals).count();
    assertEquals(expectedPages, pages);
    String shown =
        lines.subList(0, lines.lastIndexOf("CONFIRM")).stream()
            .filter(line -> line.startsWith("SETDESC "))
            .map(line -> line.substring(8).replace("%0A", "").replace("%25", "%"))
            .collect(Collectors.joining());
    assertEquals(text.replace("\n", ""), shown);
    assertTrue(
        lines.subList(lines.lastIndexOf("CONFIRM"), pin).stream()
            .anyMatch(line ->
                line.startsWith("SETDESC ") && line.contains(String.valueOf(expectedPages))),
        lines.toString());
  }

  @Test
  void aPageThatIsNotConfirmedAsksForNoPin() throws Exception {
    FakePinentry fake = FakePinentry.in(directory, "echo 'D 1'; echo OK");
    Files.writeString(
        fake.program(),
        Files.readString(fake.program())
            .replace("BYE)", "CONFIRM) echo 'ERR 83886194 not confirmed' ;;\n    BYE)"));
    assertEquals(CANCELLED, ask(fake, new PinPrompt("r", 3, "approve", longestText())));
    assertFalse(fake.lines().contains("GETPIN"));
  }

  @Test
  void dismissedWindowIsCancelledAndItsProcessEnds() throws Exception {
    FakePinentry fake =
        FakePinentry.in(directory, "echo $$ > '" + directory.resolve("pid") + "'; exec sleep 600");
    Pinentry pinentry = pinentry(fake.program(), Locale.JAPANESE);
    AtomicBoolean wanted = new AtomicBoolean(true);
    CompletableFuture<PinOutcome> outcome =
        CompletableFuture.supplyAsync(
            () -> pinentry.ask(new PinPrompt("r", 3, "login", null), LONG, wanted::get, () -> {}));
    Waiting.until("the window", () -> directory.resolve("pid").toFile().length() > 0);
    wanted.set(false);
    pinentry.dismiss();
    assertEquals(CANCELLED, outcome.get());
    long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
    Waiting.until(
        "the end of the program",
        () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void dismissalBeforeTheWindowIsNotLost() throws Exception {
    FakePinentry fake = FakePinentry.in(directory, "echo 'D 1'; echo OK");
    assertEquals(
        CANCELLED,
        pinentry(fake.program(), Locale.JAPANESE)
            .ask(new PinPrompt("r", 3, "login", null), LONG, () -> false, () -> {}));
    assertTrue(fake.lines().stream().noneMatch("GETPIN"::equals));
  }

  @Test
  void bothLanguagesHaveTheSameKeys() {
    assertEquals(
        PromptText.bundle(Locale.JAPANESE).keySet(), PromptText.bundle(Locale.ENGLISH).keySet());
    assertFalse(PromptText.bundle(Locale.ENGLISH).keySet().isEmpty());
    for (jp.sekisho.protocol.statement.Purpose purpose :
        jp.sekisho.protocol.statement.Purpose.values()) {
      assertTrue(PromptText.bundle(Locale.ENGLISH).containsKey("prompt.purpose." + purpose.text()));
    }
  }

  @Test
  void windowsNeedADisplayAndCursesATerminal() throws Exception {
    for (String name : new String[] {"pinentry-gtk-2", "pinentry-gnome3", "pinentry-curses"}) {
      Files.setPosixFilePermissions(
          Files.writeString(directory.resolve(name), ""),
          java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    List<Path> places = List.of(directory);
    Optional<String> tty = Optional.of("/dev/pts/3");
    assertEquals(
        Optional.of(new PinentryProgram(directory.resolve("pinentry-gnome3"), Optional.empty())),
        PinentryProgram.choose(places, Map.of("WAYLAND_DISPLAY", "wayland-0"), tty));
    Files.delete(directory.resolve("pinentry-gnome3"));
    assertEquals(
        Optional.of(new PinentryProgram(directory.resolve("pinentry-gtk-2"), Optional.empty())),
        PinentryProgram.choose(places, Map.of("DISPLAY", ":0"), Optional.empty()));
    assertEquals(
        Optional.of(new PinentryProgram(directory.resolve("pinentry-curses"), tty)),
        PinentryProgram.choose(places, Map.of("DISPLAY", ""), tty));
    assertEquals(Optional.empty(), PinentryProgram.choose(places, Map.of(), Optional.empty()));
    assertEquals(
        Optional.empty(),
        PinentryProgram.choose(List.of(directory.resolve("none")), Map.of("DISPLAY", ":0"), tty));
  }

  @Test
  void lockCommandRunsAsAVectorWithoutAShell() throws Exception {
    Path locked = directory.resolve("a file; with $HOME `in` its name");
    assertTrue(new LockCommand(List.of("touch", locked.toString())).run());
    assertTrue(Files.exists(locked));
    assertFalse(new LockCommand(List.of("false")).run());
    assertFalse(new LockCommand(List.of(directory.resolve("none").toString())).run());
  }
}
