package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.intake.ImportOutcome;
import jp.sekisho.agent.intake.Scanner;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.testing.ImportSamples;
import jp.sekisho.agent.testing.MemoryFolder;
import jp.sekisho.agent.testing.ScriptedSeat;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.grant.ImportKind;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.trust.Roster;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.ImportEvent;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Bounds;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Taking in at the terminal: only what an approved text and the signed policy say, scanned, looked
 * at, counted and recorded; whatever ends the use ends it.
 */
class ImportDeskTest {
  private static final int UID = 1001;
  private static final PluggedMedium ANY =
      new PluggedMedium("3-2", DeskWorld.fingerprint("a resident's stick"));
  private static final byte[] LIST = "住民一覧\n".repeat(20_000).getBytes(StandardCharsets.UTF_8);

  @TempDir Path temp;

  private DeskWorld world;
  private ImportDesk desk;
  private final MemoryFolder folder = new MemoryFolder();
  private final SettingValues.Builder rules = new SettingValues.Builder();
  private final ScriptedScanner scanner = new ScriptedScanner();

  /** Finds the test file, and what a test tells it to. */
  private static final class ScriptedScanner implements Scanner {
    Condition condition = new Condition.Fit("ClamAV 1.4.6/27842/Fri Nov 20 08:30:12 2026");
    Runnable before = () -> {};
    boolean unsure;

    @Override
    public Condition condition() {
      return condition;
    }

    @Override
    public long largest() {
      return 1 << 20;
    }

    @Override
    public Verdict scan(Path file, BooleanSupplier wanted) throws IOException {
      before.run();
      if (unsure) {
        return new Verdict.Unknown();
      }
      return Arrays.equals(Files.readAllBytes(file), ImportSamples.eicar())
          ? new Verdict.Found("Eicar-Test-Signature")
          : new Verdict.Clean();
    }
  }

  @BeforeEach
  void terminal() {
    world = new DeskWorld(temp.resolve("activations.json"));
    put(GrantSettings.CAPABILITIES, List.of(GrantCapability.MEDIA_IMPORT));
    put(GrantSettings.SECOND_APPROVER, List.of());
    put(GrantSettings.ATTENDANT, List.of());
    put(GrantSettings.FIELDS, List.of());
    put(GrantSettings.MOST_FILES, 10);
    put(GrantSettings.MOST_DATA, new DataSize(1 << 20));
    put(
        GrantSettings.IMPORT_TYPES,
        List.of(ImportKind.PDF, ImportKind.CSV, ImportKind.TEXT, ImportKind.DOCX));
    trust();
    world.running();
    world.gate.plugged.clear();
    desk = newDesk();
    world.plug(ANY);
    world.logIn(DeskWorld.CLERK_HERE);
    world.settle();
    world.gate.folder.with("名簿.csv", LIST);
  }

  private ImportDesk newDesk() {
    ExportCounts.Kept counts =
        new ExportCounts.Kept(temp.resolve("exports.json"), new SecureRandom());
    world.desk.onForget(counts::forget);
    return new ImportDesk(
        world.desk,
        world.log,
        counts,
        temp.resolve("quarantine"),
        scanner,
        world.bootClock,
        uid -> uid == 2001 ? Optional.empty() : Optional.of(new ScriptedSeat(uid)));
  }

  private <T> void put(Setting<T> setting, T value) {
    rules.put(setting, SignedSet.rule(setting.path(), value));
  }

  private void trust() {
    Policy policy =
        SignedSet.policy(
            List.of(new Approver(DeskWorld.BOSS, DeskWorld.ORGAN, world.bossSpki)), rules.build());
    Map<String, String> roster =
        Map.of(
            Sha256.text(DeskWorld.bytes("clerk")),
            DeskWorld.CLERK,
            Sha256.text(DeskWorld.bytes("other")),
            "S-2000");
    world.trust =
        new GrantTrust.Now.InForce(new GrantTrust(policy, new Roster(roster), Set.of(), true));
  }

  private static ExportGrant text(int files, long bytes) {
    ExportGrant read = DeskWorld.text("in");
    return new ExportGrant(
        read.request(),
        read.organ(),
        read.person(),
        read.terminal(),
        Capability.MEDIA_IMPORT,
        null,
        null,
        read.reason(),
        read.document(),
        read.legalBasis(),
        read.providedTo(),
        read.subjects(),
        read.start(),
        read.end(),
        read.minutes(),
        null,
        new Bounds(files, bytes));
  }

  private ImportOutcome take(ExportGrant text) {
    GrantOffer offer = world.offer(text);
    world.service.offering(offer);
    ImportOutcome outcome = desk.take(UID, offer.grant(), folder);
    world.settle();
    return outcome;
  }

  private ImportOutcome take() {
    return take(text(5, 1 << 20));
  }

  private List<String> left() throws IOException {
    Path place = temp.resolve("quarantine");
    if (!Files.exists(place)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(place)) {
      return all.map(Path::toString).toList();
    }
  }

  private void refused(Refusal reason) throws IOException {
    assertEquals(new ImportOutcome(reason, 0, 0), take());
    assertEquals(Map.of(), folder.files);
    assertTrue(world.log.lines().contains("import refused " + reason), world.log.lines()::toString);
    assertFalse(world.log.lines().contains("import opened"));
    assertEquals(List.of(), world.service.asked);
    assertEquals(List.of(), left());
  }

  @Test
  @DisplayName("any medium's files arrive byte for byte; a virus and a disguise do not")
  void takesIn() throws IOException {
    world
        .gate
        .folder
        .with("文書/通知.pdf", ImportSamples.pdf(""))
        .with("文書/請求書.pdf", ImportSamples.program())
        .with("readme.txt", ImportSamples.eicar())
        .with("run.exe", ImportSamples.program());
    world.log.before =
        event -> {
          if (event instanceof ImportEvent.Released released) {
            byte[] there = List.copyOf(folder.files.values()).get(released.file() - 1);
            assertEquals(0, there.length, "handed over before it was recorded");
          }
        };
    assertEquals(new ImportOutcome(null, 2, 3), take());
    assertArrayEquals(LIST, Objects.requireNonNull(folder.files.get("名簿.csv")));
    assertArrayEquals(ImportSamples.pdf(""), Objects.requireNonNull(folder.files.get("文書/通知.pdf")));
    assertEquals(2, folder.files.size());
    assertEquals(
        List.of(
            "COPYING",
            "CHECKING",
            "taken 名簿.csv csv",
            "taken 文書/通知.pdf pdf",
            "left out 文書/請求書.pdf IMPORT_DISGUISED",
            "left out readme.txt IMPORT_VIRUS",
            "left out run.exe IMPORT_KIND"),
        folder.told);
    assertEquals(
        List.of(
            "import opened",
            "released 1 csv",
            "released 2 pdf",
            "import refused IMPORT_DISGUISED",
            "import refused IMPORT_VIRUS",
            "import refused IMPORT_KIND",
            "closed not-taken-in"),
        world.log.lines());
    ImportEvent.Released logged = (ImportEvent.Released) world.log.events.get(1);
    assertEquals(Sha256.text(LIST), logged.sha256());
    assertEquals(LIST.length, logged.bytes());
    assertTrue(logged.scanner().startsWith("ClamAV "));
    ImportEvent.Refused virus = (ImportEvent.Refused) world.log.events.get(4);
    assertEquals("Eicar-Test-Signature", virus.found());
    assertEquals(ANY.fingerprint(), virus.fingerprint());
    assertFalse(world.log.events.toString().contains("名簿"));
    assertFalse(world.log.events.toString().contains("readme"));
    assertEquals(List.of(), left());
    assertEquals(0, world.gate.folder.open);
    assertEquals(null, world.service.asked.get(0).fingerprint());
  }

  @Test
  @DisplayName("what was released counts over all imports of a grant, by files and by bytes")
  void counted() throws IOException {
    world.gate.folder.with("a.txt", new byte[] {'a'});
    assertEquals(new ImportOutcome(null, 2, 0), take(text(3, LIST.length * 2L)));
    assertTrue(world.log.lines().contains("closed taken-in"));
    folder.files.clear();
    assertEquals(new ImportOutcome(Refusal.IMPORT_OVER, 0, 0), take(text(3, LIST.length * 2L)));
    world.gate.folder.files.clear();
    world.gate.folder.with("b.txt", LIST);
    assertEquals(new ImportOutcome(Refusal.IMPORT_OVER, 0, 0), take(text(3, LIST.length * 2L)));
    world.gate.folder.files.clear();
    world.gate.folder.with("b.txt", new byte[] {'b'});
    desk = newDesk();
    assertEquals(new ImportOutcome(null, 1, 0), take(text(3, LIST.length * 2L)));
    assertTrue(world.log.lines().contains("released 3 text"));
    assertEquals(List.of(), left());
  }

  @Test
  @DisplayName("without a scanner that can be relied on nothing is activated, read or spent")
  void noScanner() throws IOException {
    scanner.condition = new Scanner.Condition.Unfit(Refusal.IMPORT_SIGNATURES);
    refused(Refusal.IMPORT_SIGNATURES);
    scanner.condition = Scanner.NONE.condition();
    refused(Refusal.IMPORT_SCANNER);
  }

  @Test
  @DisplayName("what was not scanned to its end stays out")
  void unscanned() {
    scanner.unsure = true;
    assertEquals(new ImportOutcome(null, 0, 1), take());
    assertEquals(Map.of(), folder.files);
    assertTrue(world.log.lines().contains("import refused IMPORT_UNSCANNED"));
  }

  @Test
  @DisplayName("two media, none, another person's card, a grant for something else: refused")
  void notTheirs() throws IOException {
    world.plug(DeskWorld.stick("3-1"));
    refused(Refusal.IMPORT_MEDIA);
    world.unplug(DeskWorld.stick("3-1"));
    world.unplug(ANY);
    refused(Refusal.MEDIUM_ABSENT);
    world.plug(ANY);
    assertEquals(new ImportOutcome(Refusal.GRANT_CAPABILITY, 0, 0), take(DeskWorld.text("in")));
    ImportOutcome nobody = desk.take(2000, text(1, 1).request(), folder);
    assertEquals(0, nobody.files());
    assertEquals(
        new ImportOutcome(Refusal.PEER_FOREIGN, 0, 0),
        desk.take(2001, text(1, 1).request(), folder),
        "not at the screen");
    world.logIn(DeskWorld.presence(1002, 7, "other"));
    refused(Refusal.GRANT_OTHER_CARD);
  }

  @Test
  @DisplayName("a policy that does not let this terminal import, or no kind, lets nothing in")
  void byPolicy() throws IOException {
    put(GrantSettings.IMPORT_TYPES, List.of());
    trust();
    assertEquals(new ImportOutcome(null, 0, 1), take());
    assertEquals(Map.of(), folder.files);
    put(GrantSettings.CAPABILITIES, List.of(GrantCapability.USB_READ));
    trust();
    int asked = world.service.asked.size();
    ImportOutcome outcome = take();
    assertEquals(0, outcome.files());
    assertTrue(outcome.refusal() != null);
    assertEquals(asked, world.service.asked.size());
  }

  private void brokenOff(String cause) throws IOException {
    assertEquals(new ImportOutcome(Refusal.IMPORT_BROKEN_OFF, 0, 0), take());
    // What is no longer offered at all is refused besides.
    List<String> lines =
        world.log.lines().stream().filter(line -> !line.startsWith("refused ")).toList();
    assertEquals("closed " + cause, lines.get(lines.size() - 1), lines::toString);
    assertTrue(lines.get(lines.size() - 2).startsWith("import failed "), lines::toString);
    assertEquals(List.of(), left());
    assertEquals(0, world.gate.folder.open);
    assertTrue(folder.gone);
    assertTrue(folder.files.values().stream().noneMatch(there -> there.length == LIST.length));
  }

  /** Breaks off while the medium is read. */
  private void whileRead(Runnable ending, String cause) throws IOException {
    world.gate.folder.beforeRead = once(ending);
    brokenOff(cause);
  }

  private static Runnable once(Runnable ending) {
    boolean[] done = new boolean[1];
    return () -> {
      if (!done[0]) {
        done[0] = true;
        ending.run();
      }
    };
  }

  @Test
  @DisplayName("the card leaves while the medium is read")
  void cardLeaves() throws IOException {
    whileRead(() -> world.logOut(DeskWorld.CLERK_HERE), "card-removed");
  }

  @Test
  @DisplayName("the card leaves while a file is scanned")
  void cardLeavesWhileScanning() throws IOException {
    scanner.before = once(() -> world.logOut(DeskWorld.CLERK_HERE));
    brokenOff("card-removed");
    assertEquals(Map.of(), folder.files);
  }

  @Test
  @DisplayName("the card leaves while a file is handed over: what it has is a part, and recorded")
  void cardLeavesWhileReleasing() throws IOException {
    folder.beforePiece = once(() -> world.logOut(DeskWorld.CLERK_HERE));
    brokenOff("card-removed");
    assertTrue(world.log.lines().contains("import failed 1 IMPORT_BROKEN_OFF"));
  }

  @Test
  @DisplayName("the medium is pulled")
  void pulled() throws IOException {
    whileRead(() -> world.unplug(ANY), "unplugged");
  }

  @Test
  @DisplayName("the deadline comes")
  void deadline() throws IOException {
    whileRead(
        () -> {
          world.sinceBoot = world.sinceBoot.plus(Duration.ofMinutes(31));
          world.desk.tick();
        },
        "deadline");
  }

  @Test
  @DisplayName("the exception is revoked")
  void revoked() throws IOException {
    whileRead(
        () -> {
          world.service.offering();
          world.desk.poll();
          world.settle();
        },
        "revoked");
  }

  @Test
  @DisplayName("the gates no longer hold")
  void gates() throws IOException {
    whileRead(
        () -> {
          world.enforcing = false;
          world.desk.tick();
          world.settle();
        },
        "not-enforcing");
  }

  @Test
  @DisplayName("the policy expires")
  void policy() throws IOException {
    whileRead(
        () -> {
          world.trust = new GrantTrust.Now.None(Refusal.POLICY_EXPIRED);
          world.desk.tick();
        },
        "policy-expired");
  }

  @Test
  @DisplayName("room for records runs out")
  void room() throws IOException {
    whileRead(
        () -> {
          world.log.room = Room.RESERVE;
          world.desk.tick();
        },
        "records-full");
  }

  @Test
  @DisplayName("what cannot be recorded is not handed over")
  void notRecorded() {
    world.log.before = event -> world.log.broken = event instanceof ImportEvent.Released;
    ImportOutcome outcome = take();
    assertEquals(new ImportOutcome(Refusal.RECORDS_FULL, 0, 0), outcome);
    assertEquals(0, Objects.requireNonNull(folder.files.get("名簿.csv")).length);
  }

  @Test
  @DisplayName("a file that is there is not replaced and does not count; another hash is said")
  void target() {
    folder.files.put("名簿.csv", new byte[] {1});
    assertEquals(new ImportOutcome(null, 0, 1), take());
    assertArrayEquals(new byte[] {1}, Objects.requireNonNull(folder.files.get("名簿.csv")));
    assertFalse(world.log.lines().toString().contains("released"));
    folder.files.clear();
    folder.lies = true;
    assertEquals(new ImportOutcome(Refusal.IMPORT_MISMATCH, 0, 0), take());
    assertTrue(world.log.lines().contains("import failed 1 IMPORT_MISMATCH"));
    folder.gone = true;
    assertEquals(new ImportOutcome(Refusal.IMPORT_TARGET, 0, 0), take());
  }

  @Test
  @DisplayName("what an earlier process left in quarantine goes at the start")
  void leftInQuarantine() throws IOException {
    Files.createDirectories(temp.resolve("quarantine"));
    Files.writeString(temp.resolve("quarantine/4"), "left");
    newDesk().emptyLeft();
    assertEquals(List.of(), left());
  }

  @Test
  @DisplayName("damaged counts let nothing in; too many questions are refused")
  void counts() throws IOException {
    Files.writeString(temp.resolve("exports.json"), "{}");
    desk = newDesk();
    assertEquals(new ImportOutcome(Refusal.IMPORT_COUNTS, 0, 0), take());
    for (int i = 1; i < ImportDesk.MOST_ASKED; i++) {
      var unused = take();
    }
    assertEquals(new ImportOutcome(Refusal.TOO_MANY, 0, 0), take());
  }
}
