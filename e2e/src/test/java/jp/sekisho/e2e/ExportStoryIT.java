package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.e2e.ExceptionTown.Blocked;
import jp.sekisho.e2e.Trail.Mark;
import jp.sekisho.e2e.vm.TerminalVm;
import jp.sekisho.e2e.vm.UsbStick;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.NewExport;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.ReconciledUse;
import jp.sekisho.protocol.ReconciledUses;
import jp.sekisho.protocol.Sha256;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What leaves (持ち出し), from the clerk's request to the recipient's computer: real service, two
 * approvers' cards, the whole agent on a real kernel, a real stick, OpenSSL.
 */
@Tag("vm")
@Tag("pcsc")
@Tag("torture")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExportStoryIT {
  private static final String LIST = "一行目の住民情報\n";
  private static final byte[] FIRST = LIST.repeat(2_000).getBytes(StandardCharsets.UTF_8);
  private static final byte[] SECOND =
      "another list of the counter\n".repeat(50).getBytes(StandardCharsets.UTF_8);
  private static final int LARGE = 8 << 20;
  private static final int MOST = 9 << 20;

  /** Fits on the stick, and is more than may leave. */
  private static final int TOO_LARGE = 12 << 20;

  private static final Pattern WRITTEN =
      Pattern.compile("Written: (SEKISHO-[0-9A-F]{8}-\\d{4}\\.p7m), (\\d+) bytes, SHA-256 (\\S+)");
  private static final Pattern PASSPHRASE = Pattern.compile("([A-Z0-9]{4}-){6}[A-Z0-9]{4}");

  /** Speaks Assuan like pinentry; writes what a window says into a file, and confirms. */
  private static final String WINDOW =
      """
      #!/bin/sh
      echo "OK ready"
      while read -r command rest; do
        case $command in
          SETDESC) printf '%s' "$rest" >/tmp/clerk/window; echo OK ;;
          BYE) echo OK; exit 0 ;;
          *) echo OK ;;
        esac
      done
      """;

  @TempDir static Path directory;
  private ExceptionTown world;
  private UsbStick stick;
  private UsbStick other;
  private Page approver;
  private String certified = "";
  private String told = "";

  @BeforeAll
  void start() throws IOException {
    stick = UsbStick.make(directory.resolve("stick.img"), "M-0007", Map.of());
    other = UsbStick.make(directory.resolve("other.img"), "M-0008", Map.of());
    world = ExceptionTown.start(directory, "export-story", stick, other);
    approver = world.page();
    Counter counter = world.counter();
    String window = counter.file("window.sh", WINDOW.getBytes(StandardCharsets.UTF_8));
    world.vm().run("chmod 755 " + window).expectOk();
    counter.file("first.csv", FIRST);
    counter.file("second.csv", SECOND);
    large("large.csv", LARGE);
    for (UsbStick each : List.of(stick, other)) {
      Blocked blocked = world.plug(each, "1");
      world.town().registerMedium(each.serial(), blocked.fingerprint());
      world.pull(blocked);
    }
  }

  /** Makes a file at the terminal. */
  private void large(String name, int bytes) {
    String path = "/tmp/clerk/" + name;
    world
        .vm()
        .run("yes 'a large list' | head -c " + bytes + " >" + path + "; chmod 644 " + path)
        .expectOk();
  }

  @AfterAll
  void stop() {
    world.close();
  }

  private NewGrant request(UsbStick medium, int minutes, NewExport export) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return new NewGrant(
        Town.COUNTER_CLERK,
        Story.TERMINAL,
        medium.serial(),
        "県への報告",
        "市総第12号",
        null,
        null,
        12,
        now.toString(),
        now.plus(2, ChronoUnit.HOURS).toString(),
        minutes,
        null,
        "usb-export-encrypted",
        null,
        export);
  }

  private String asked(UsbStick medium, int minutes, NewExport export) {
    return world
        .counter()
        .call("POST", "/api/v1/grants", request(medium, minutes, export), GrantView.class)
        .id();
  }

  private TerminalVm.Result export(String grant, String... files) {
    return world.counter().agent(words(grant, files));
  }

  private static String words(String grant, String... files) {
    StringBuilder words = new StringBuilder("export");
    for (String file : files) {
      words.append(" /tmp/clerk/").append(file);
    }
    return words + " --grant " + grant + " --pinentry /tmp/clerk/window.sh";
  }

  private static void refused(String reason, TerminalVm.Result result) {
    assertEquals(1, result.rc(), result.output());
    assertTrue(result.output().contains("Not exported (" + reason + ")"), result.output());
  }

  private static List<MatchResult> written(TerminalVm.Result result) {
    assertEquals(0, result.rc(), result.output());
    return WRITTEN.matcher(result.output()).results().toList();
  }

  /** The envelope as the medium has it, which clerk and log were told of by its hash. */
  private byte[] envelope(UsbStick medium, String grant, MatchResult said) throws IOException {
    byte[] envelope = medium.read(said.group(1));
    assertEquals(said.group(3), Sha256.text(envelope));
    assertEquals(said.group(2), "" + envelope.length);
    String entry =
        world
            .scene()
            .await(
                Mark.of(
                    "export.written",
                    Trail.field("grant", grant),
                    Trail.field("sha256", said.group(3)),
                    Trail.field("medium", medium.serial())),
                0);
    assertTrue(entry.contains("\"bytes\":" + envelope.length), entry);
    return envelope;
  }

  private static void noPlainText(UsbStick medium) throws IOException {
    for (String secret :
        List.of(
            LIST.strip(),
            "another list of the counter",
            "a large list",
            "first.csv",
            "second.csv",
            "large.csv")) {
      assertFalse(medium.holds(secret), secret);
    }
  }

  /** What the reconciliation says of the use of a grant, once the index has every entry. */
  private ReconciledUse use(String grant, List<String> lacks) {
    ReconciledUses all =
        ExceptionTown.until(
            "a use that lacks " + lacks,
            () -> approver.get("/api/v1/reconciliation?all=1").as(ReconciledUses.class),
            found ->
                found.missing() == 0
                    && found.uses().stream()
                        .anyMatch(one -> one.grant().equals(grant) && one.lacks().equals(lacks)));
    assertEquals(List.of(), all.openings());
    assertEquals(0, all.edited());
    return all.uses().stream().filter(one -> one.grant().equals(grant)).findFirst().orElseThrow();
  }

  /** What the page about everything that does not fit says. */
  private boolean isListed(String grant) {
    return approver.get("/reconciliation").body().contains(grant);
  }

  @Test
  @Order(1)
  @DisplayName("R13: two approvers' cards sign what leaves; one of them opens nothing")
  void approved() {
    certified = asked(stick, 60, new NewExport("prefecture", 5, MOST, null));
    told = asked(other, 4, new NewExport("pension-office", 1, MOST, null));
    Page first = world.at(Town.APPROVER);
    Blocked blocked = world.plug(stick, "1");
    for (String grant : List.of(certified, told)) {
      first.prove("approve", grant);
      GrantView once = first.get("/api/v1/grants/" + grant).as(GrantView.class);
      assertEquals("approved-once", once.state());
      assertEquals(Town.APPROVER, once.firstBy());
    }
    assertEquals("APPROVAL_TWICE", first.ask("approve", certified).refusal());
    refused("GRANT_UNKNOWN", export(certified, "first.csv"));
    world.pull(blocked);
    world.logIn(approver, Town.SECOND_APPROVER);
    for (String grant : List.of(certified, told)) {
      approver.prove("approve", grant);
      assertEquals("approved", approver.get("/api/v1/grants/" + grant).as(GrantView.class).state());
    }
  }

  @Test
  @Order(2)
  @DisplayName(
      "R13, R19: who has no certificate opens by the passphrase of the window what was written;"
          + " a second file is one too many")
  void byPassphrase() throws IOException {
    Blocked blocked = world.plug(other, "2");
    List<MatchResult> said = written(export(told, "first.csv"));
    assertEquals(1, said.size());
    world.assertShut(blocked);
    Matcher window = PASSPHRASE.matcher(world.vm().run("cat /tmp/clerk/window").expectOk());
    assertTrue(window.find());
    refused("EXPORT_OVER", export(told, "second.csv"));
    world.assertShut(blocked);
    world.pull(blocked);
    Map.Entry<String, byte[]> opened =
        world.town().recipient().open(envelope(other, told, said.get(0)), window.group());
    assertEquals("first.csv", opened.getKey());
    assertArrayEquals(FIRST, opened.getValue());
    noPlainText(other);
    assertEquals(List.of(), world.town().filesContaining(window.group()));
  }

  @Test
  @Order(3)
  @DisplayName(
      "R13, R14, R19: files stand encrypted on the stick with the hash that the log has; more bytes"
          + " than were approved are refused; the use matches")
  void byCertificate() throws IOException {
    Blocked blocked = world.plug(stick, "1");
    List<MatchResult> said = written(export(certified, "first.csv", "second.csv"));
    assertEquals(2, said.size());
    large("larger.csv", TOO_LARGE);
    refused("EXPORT_OVER", export(certified, "larger.csv"));
    world.assertShut(blocked);
    world.pull(blocked);
    List<byte[]> sources = List.of(FIRST, SECOND);
    for (int i = 0; i < 2; i++) {
      Map.Entry<String, byte[]> opened =
          world.town().recipient().open(envelope(stick, certified, said.get(i)));
      assertEquals(List.of("first.csv", "second.csv").get(i), opened.getKey());
      assertArrayEquals(sources.get(i), opened.getValue());
    }
    noPlainText(stick);
    ReconciledUse use = use(certified, List.of());
    assertEquals(2, use.files());
    assertEquals(FIRST.length + SECOND.length, use.bytes());
    assertFalse(isListed(certified));
  }

  @Test
  @Order(4)
  @DisplayName(
      "R11, R14, R19: after an approver revokes nothing more is written; the medium is missed until"
          + " its return and erasure are confirmed")
  void revoked() throws IOException {
    Blocked blocked = world.plug(stick, "1");
    // In the middle of a file it is shown on the desk alone (ExportDeskTest): a clerk's process
    // that
    // is stopped so that there is time to revoke is given up sooner, for its silence.
    assertEquals("revoked", approver.step(certified, "revoke").as(GrantView.class).state());
    TerminalVm.Result again = export(certified, "second.csv");
    assertEquals(1, again.rc(), again.output());
    world.pull(blocked);
    noPlainText(stick);

    assertEquals(2, use(certified, List.of("hand-over")).files());
    assertTrue(isListed(certified));
    approver.step(certified, "return").as(GrantView.class);
    use(certified, List.of("erasure"));
    approver.step(certified, "erase").as(GrantView.class);
    use(certified, List.of());
    assertFalse(isListed(certified));
  }

  @Test
  @Order(5)
  @DisplayName("R11, R14: after the use's end nothing is written, and the stick is missed")
  void afterTheDeadline() {
    GrantView view = approver.get("/api/v1/grants/" + told).as(GrantView.class);
    Instant deadline = Instant.parse(Objects.requireNonNull(view.deadline()));
    Programs.await(
        "the use's end",
        Duration.ofMinutes(5),
        Duration.ofSeconds(1),
        () -> Instant.now().isAfter(deadline));
    Blocked blocked = world.plug(other, "2");
    TerminalVm.Result late = export(told, "second.csv");
    assertEquals(1, late.rc(), late.output());
    world.assertShut(blocked);
    world.pull(blocked);
    use(told, List.of("hand-over"));
    approver.step(told, "return").as(GrantView.class);
    approver.step(told, "erase").as(GrantView.class);
    use(told, List.of());
  }

  @Test
  @Order(6)
  @DisplayName("R19: the auditor's export has each step in order and verifies offline")
  void audited() {
    String grant = Trail.field("grant", certified);
    world.audited(
        List.of(
            List.of(mark("grant.requested", grant, Town.COUNTER_CLERK)),
            List.of(mark("grant.approved-once", grant, Town.APPROVER)),
            List.of(Mark.of("export.refused", grant, "GRANT_UNKNOWN")),
            List.of(mark("grant.approved", grant, Town.SECOND_APPROVER)),
            List.of(Mark.of("grant.activated", grant)),
            List.of(Mark.of("export.opened", grant)),
            List.of(Mark.of("export.written", grant, "\"file\":1", "cms-certificate")),
            List.of(Mark.of("export.written", grant, "\"file\":2", "cms-certificate")),
            List.of(Mark.of("export.closed", grant, Trail.field("cause", "written"))),
            List.of(Mark.of("export.failed", grant, "EXPORT_OVER")),
            List.of(mark("grant.revoked", grant, Town.SECOND_APPROVER)),
            List.of(mark("grant.returned", grant, Town.SECOND_APPROVER)),
            List.of(mark("grant.erased", grant, Town.SECOND_APPROVER))));
  }

  private static Mark mark(String type, String grant, String person) {
    return Mark.of(type, grant, Trail.field("person", person));
  }
}
