package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.HandedOver;
import jp.sekisho.protocol.ReconciledUse;
import jp.sekisho.protocol.ReconciledUses;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.UnmatchedOpening;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ExportEvent;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.server.grant.GrantScene.Desk;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.terminal.Agent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * 突合: what terminals recorded of media, exceptions, returns and receipts, held against each other;
 * with 引渡し and 消去確認, which it looks for.
 */
@SuppressWarnings("NullAway.Init") // by open()
final class ReconciliationTest {
  private static final String NOWHERE = "AAAAAAAAAAAAAAAAAAAAAA";
  private static final String API = "/api/v1/reconciliation";

  private GrantScene scene;
  private Desk clerk;
  private Desk approver;

  @BeforeEach
  void open() throws Exception {
    scene = new GrantScene();
    clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
    approver = scene.login(GrantScene.APPROVER, scene.approverPc);
  }

  @AfterEach
  void close() throws Exception {
    scene.close();
  }

  private Instant now() {
    return scene.server.clock.instant();
  }

  private String approved() throws Exception {
    String id = scene.requested(clerk).id();
    assertEquals(200, scene.approve(approver, id).statusCode());
    return id;
  }

  private String activated() throws Exception {
    String id = approved();
    assertEquals(200, scene.activate(scene.clerkPc, id, 1).statusCode());
    return id;
  }

  private static ExportEvent opened(String grant, Instant until) {
    return new ExportEvent.Opened(
        grant,
        GrantScene.CLERK,
        GrantScene.MEDIUM,
        GrantScene.FINGERPRINT,
        "3-1",
        GrantScene.FINGERPRINT,
        until.toString());
  }

  private void tells(Agent terminal, ExportEvent event, Instant at) throws Exception {
    assertEquals(200, terminal.events(terminal.record(event, at)).statusCode());
  }

  private void uses(String id) throws Exception {
    tells(scene.clerkPc, opened(id, now()), now());
    tells(scene.clerkPc, new ExportEvent.Closed(id, ExportEvent.Cause.END, true), now());
  }

  private HttpResponse<String> act(Desk by, String id, String step, Object body) throws Exception {
    return scene.send("POST", "/api/v1/grants/" + id + "/" + step, body, by.cookie());
  }

  private GrantView did(Desk by, String id, String step, Object body) throws Exception {
    HttpResponse<String> answer = act(by, id, step, body);
    assertEquals(200, answer.statusCode(), answer.body());
    return GrantScene.read(answer, GrantView.class);
  }

  private ReconciledUses asked(String query) throws Exception {
    // What was recorded is in the published log from here on.
    scene.server.installation.logs().integrateNow();
    HttpResponse<String> answer = scene.send("GET", API + query, null, approver.cookie());
    assertEquals(200, answer.statusCode(), answer.body());
    ReconciledUses found = GrantScene.read(answer, ReconciledUses.class);
    assertEquals(0, found.missing());
    return found;
  }

  private List<String> lacks() throws Exception {
    return asked("").uses().stream().map(use -> String.join(" ", use.lacks())).toList();
  }

  @Test
  void aUseWithItsReturnAndErasureIsOnTheWholeListOnly() throws Exception {
    String id = activated();
    uses(id);
    did(clerk, id, "return", "");
    did(clerk, id, "erase", "");
    ReconciledUses found = asked("");
    assertEquals(List.of(), found.openings());
    assertEquals(List.of(), found.uses());
    ReconciledUse whole = asked("?all=1").uses().getFirst();
    assertEquals(List.of(), whole.lacks());
    assertEquals(1, whole.openings());
    assertEquals(now().toString(), whole.openedAt());
    assertEquals(now().toString(), whole.closedAt());
    assertEquals(now().toString(), whole.erasedAt());
    String page = scene.send("GET", "/reconciliation?all=1", null, approver.cookie()).body();
    assertTrue(page.contains("data-id=\"" + id + "\"") && page.contains("一致"), page);
  }

  @Test
  void openingsWithoutAnExceptionOfTheirTerminalAndTimeAreListed() throws Exception {
    String unused = approved();
    String used = activated();
    tells(scene.clerkPc, opened(used, now()), now());
    tells(scene.clerkPc, opened(NOWHERE, now()), now());
    tells(scene.clerkPc, opened(unused, now()), now());
    tells(scene.approverPc, opened(used, now()), now());
    tells(scene.clerkPc, opened(used, now()), now().minus(Duration.ofMinutes(6)));
    // Ten minutes from activation, and five by which clocks may differ.
    tells(scene.clerkPc, opened(used, now()), now().plus(Duration.ofMinutes(15)));
    tells(scene.clerkPc, opened(used, now()), now().plus(Duration.ofMinutes(15)).plusMillis(1));
    assertEquals(
        List.of("early", "late", "no-grant", "no-grant", "other-terminal"),
        asked("").openings().stream().map(UnmatchedOpening::doubt).sorted().toList());
    UnmatchedOpening late = asked("").openings().getFirst();
    assertEquals("late", late.doubt());
    assertEquals(GrantScene.CLERK, late.person());
    assertEquals("T-0001", late.terminal());
    String page = scene.send("GET", "/reconciliation", null, approver.cookie()).body();
    assertTrue(page.contains("data-doubt=\"other-terminal\""), page);
  }

  @Test
  void anOpeningAfterItsExceptionWasTakenAwayIsListed() throws Exception {
    String id = activated();
    did(approver, id, "revoke", "");
    tells(scene.clerkPc, opened(id, now()), now().plus(Duration.ofMinutes(6)));
    assertEquals("late", asked("").openings().getFirst().doubt());
  }

  @Test
  void aMediumThatIsLateAndAnErasureThatIsMissingAreListedUntilTheyAreDone() throws Exception {
    String id = activated();
    uses(id);
    assertEquals(List.of(), lacks(), "it is not due yet");
    scene.server.clock.forward(Duration.ofHours(1));
    approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    assertEquals(List.of("return"), lacks());
    GrantView back = did(approver, id, "return", "");
    assertEquals(List.of("erase"), back.actions());
    assertEquals(List.of("erasure"), lacks());
    assertEquals(now().toString(), did(approver, id, "erase", "").erasedAt());
    assertEquals(List.of(), lacks());
    assertEquals(Refusal.GRANT_DECIDED, GrantScene.refusal(act(approver, id, "erase", "")));
  }

  @Test
  void aReturnWithoutAnyUseIsListed() throws Exception {
    String id = activated();
    did(clerk, id, "return", "");
    did(clerk, id, "erase", "");
    assertEquals(List.of("opening"), lacks());
    String page = scene.send("GET", "/reconciliation?lang=en", null, approver.cookie()).body();
    assertTrue(page.contains("data-lacks=\"opening\""), page);
  }

  @Test
  void whatIsHandedOverIsClosedByItsReceiptAndNotErased() throws Exception {
    String id = activated();
    uses(id);
    for (String receipt : List.of("", "県税 太郎", "123456789012", "税".repeat(41))) {
      assertEquals(
          Refusal.GRANT_INCOMPLETE,
          GrantScene.refusal(act(clerk, id, "hand-over", new HandedOver(receipt))));
    }
    Desk auditor = scene.login(GrantScene.AUDITOR, scene.approverPc);
    assertEquals(
        Refusal.ROLE_MISSING,
        GrantScene.refusal(act(auditor, id, "hand-over", new HandedOver("税第77号"))));
    approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    GrantView closed = did(clerk, id, "hand-over", new HandedOver(" 税第77号 "));
    assertEquals("closed", closed.state());
    assertEquals("税第77号", closed.receipt());
    assertEquals(List.of(), closed.actions());
    for (String step : List.of("return", "erase")) {
      assertEquals(Refusal.GRANT_DECIDED, GrantScene.refusal(act(clerk, id, step, "")));
    }
    assertEquals(List.of(), lacks());
    ReconciledUse whole = asked("?all=1").uses().getFirst();
    assertEquals("税第77号", whole.receipt());
    assertNull(whole.erasedAt());
    assertTrue(
        scene.server.published("mayor").stream()
            .anyMatch(entry ->
                entry.type().equals("grant.handed-over")
                    && "税第77号".equals(entry.data().get("receipt"))));
    assertTrue(scene.entries().contains("grant.refused GRANT_INCOMPLETE"));
    String register = scene.send("GET", "/media", null, approver.cookie()).body();
    assertTrue(register.contains("data-place=\"handed-over\""), register);
    for (String path : List.of("/grants-register", "/grants/" + id, "/grants/" + id + "/permit")) {
      String page = scene.send("GET", path, null, approver.cookie()).body();
      assertTrue(page.contains("税第77号"), page);
    }
  }

  @Test
  void nothingIsErasedBeforeItCameBackNorByWhoHasNothingToDoWithIt() throws Exception {
    String id = activated();
    assertEquals(Refusal.GRANT_DECIDED, GrantScene.refusal(act(approver, id, "erase", "")));
    did(clerk, id, "return", "");
    Desk auditor = scene.login(GrantScene.AUDITOR, scene.approverPc);
    assertEquals(Refusal.ROLE_MISSING, GrantScene.refusal(act(auditor, id, "erase", "")));
    Desk second = scene.login(GrantScene.SECOND, scene.approverPc);
    did(second, id, "erase", "");
    assertTrue(scene.entries().contains("grant.erased"));
  }

  private static ExportEvent written(
      String grant, String medium, int file, int part, long content) {
    return new ExportEvent.Written(
        grant,
        medium,
        file,
        part,
        content,
        content + 500,
        GrantScene.FINGERPRINT,
        Base64Url.encode(new byte[] {(byte) file}),
        ExportEvent.Algorithm.CMS_CERTIFICATE,
        List.of(GrantScene.FINGERPRINT));
  }

  /**
   * An exception in use under which files leave; who asks for one is {@link ExportRequestTest}'s.
   */
  private String leaving(int files, long bytes) throws Exception {
    String id =
        used(
            files,
            ExportGrant.Capability.USB_EXPORT_ENCRYPTED,
            new ExportGrant.Export("prefecture", files, bytes, List.of()));
    tells(scene.clerkPc, opened(id, now()), now());
    return id;
  }

  private String used(int number, ExportGrant.Capability capability, ExportGrant.Amount amount)
      throws Exception {
    DossierRepository dossiers = scene.server.context.getBean(DossierRepository.class);
    byte[] id = new byte[16];
    id[0] = (byte) number;
    ExportGrant text =
        new ExportGrant(
            Base64Url.encode(id),
            "mayor",
            GrantScene.CLERK,
            "T-0001",
            capability,
            capability.isOfMedium() ? GrantScene.MEDIUM : null,
            capability.isOfMedium() ? GrantScene.FINGERPRINT : null,
            "県税事務所への提供",
            null,
            null,
            null,
            1,
            now(),
            now().plus(Duration.ofHours(1)),
            10,
            null,
            amount);
    Request asked = Request.of(GrantScene.CLERK, text, now());
    Grant approved =
        new Grant(
            text.request(),
            "T-0001",
            "t",
            new byte[] {1},
            new byte[] {2},
            new byte[] {3},
            GrantState.APPROVED,
            null,
            null,
            null,
            null,
            null);
    Grant.Use use = new Grant.Use(now(), GrantScene.FINGERPRINT, text.deadline(now()));
    Entry.Subject subject = Entry.Subject.person("mayor", GrantScene.CLERK);
    scene
        .server
        .installation
        .transactions()
        .write(change -> {
          dossiers.insert(
              change, change.record(subject, new GrantEvent.Withdrawn(text.request())), asked);
          EntryReceipt decided = change.record(subject, new GrantEvent.Withdrawn(text.request()));
          dossiers.update(
              change,
              decided,
              asked.decided(RequestState.APPROVED, change.now(), GrantScene.APPROVER));
          dossiers.insert(change, decided, approved);
          dossiers.update(
              change,
              change.record(
                  subject,
                  new GrantEvent.Activated(
                      text.request(),
                      text.medium(),
                      text.fingerprint(),
                      use.deadline().toString())),
              approved.activated(use));
          return null;
        });
    return text.request();
  }

  private void passes(Agent terminal, String type, String grant, long bytes) throws Exception {
    DeviceRecord record = terminal.record(type, Map.of("grant", grant, "bytes", bytes), now());
    assertEquals(200, terminal.events(record).statusCode());
  }

  @Test
  @DisplayName("R19: what is imported or copied over a boundary stands beside its exception")
  void importsAndCopiesAreCountedAgainstTheirException() throws Exception {
    String in = used(3, ExportGrant.Capability.MEDIA_IMPORT, new ExportGrant.Bounds(2, 1_000));
    String copy = used(4, ExportGrant.Capability.CLIPBOARD, new ExportGrant.Bounds(0, 2_048));
    passes(scene.clerkPc, "import.opened", in, 0);
    passes(scene.clerkPc, "import.released", in, 400);
    passes(scene.clerkPc, "import.released", in, 600);
    passes(scene.clerkPc, "clipboard.crossed", copy, 2_048);
    ReconciledUses found = asked("?all=1");
    assertEquals(List.of(), found.openings());
    ReconciledUse whole =
        found.uses().stream().filter(use -> use.grant().equals(in)).findFirst().orElseThrow();
    assertNull(whole.medium());
    assertNull(whole.due());
    assertEquals(1, whole.openings());
    assertEquals(2, whole.files());
    assertEquals(1_000, whole.bytes());
    scene.server.clock.forward(Duration.ofMinutes(10));
    scene.sweep();
    scene.server.clock.forward(Duration.ofHours(1));
    scene.sweep();
    approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    assertEquals("closed", scene.view(approver, in).state());
    assertEquals(List.of(), scene.view(approver, in).actions());
    assertEquals(List.of(), lacks(), "nothing has to come back");
    String page = scene.send("GET", "/reconciliation?all=1", null, approver.cookie()).body();
    assertTrue(page.contains("一致") && page.contains("複写 2 KiB（2,048 バイト）"), page);
    for (String path : List.of("/grants/" + in + "/request", "/grants/" + in)) {
      String shown = scene.send("GET", path, null, approver.cookie()).body();
      assertTrue(shown.contains("1,000 バイト") && !shown.contains("返却確認"), shown);
    }
    String register = scene.send("GET", "/grants-register", null, approver.cookie()).body();
    assertFalse(register.contains("媒体の取込み"), "nothing went out");
    assertFalse(scene.entries().contains("grant.overdue"));
  }

  @Test
  @DisplayName("R19: an import or a copy that no exception allows is listed, and so is an excess")
  void importsAndCopiesWithoutAnExceptionAreListed() throws Exception {
    String in = used(3, ExportGrant.Capability.MEDIA_IMPORT, new ExportGrant.Bounds(1, 1_000));
    String copy = used(4, ExportGrant.Capability.CLIPBOARD, new ExportGrant.Bounds(0, 100));
    passes(scene.clerkPc, "import.released", NOWHERE, 1);
    passes(scene.clerkPc, "import.released", copy, 1);
    passes(scene.clerkPc, "clipboard.crossed", in, 1);
    passes(scene.approverPc, "clipboard.crossed", copy, 1);
    for (String effect : List.of("audit", "allow")) {
      DeviceRecord record =
          scene.clerkPc.record("clipboard.crossed", Map.of("bytes", 7L, "effect", effect), now());
      assertEquals(200, scene.clerkPc.events(record).statusCode());
    }
    List<UnmatchedOpening> found = asked("").openings();
    assertEquals(
        List.of("no-grant", "no-grant", "other-kind", "other-kind", "other-terminal"),
        found.stream().map(UnmatchedOpening::doubt).sorted().toList());
    assertEquals(
        Set.of("released", "crossed"),
        found.stream().map(UnmatchedOpening::event).collect(Collectors.toSet()));
    assertEquals(List.of("excess"), lacks(), "a file under what lets none in");
    passes(scene.clerkPc, "import.released", in, 1);
    passes(scene.clerkPc, "import.released", in, 1);
    passes(scene.clerkPc, "clipboard.crossed", copy, 99);
    assertEquals(List.of("excess", "excess"), lacks());
    String page = scene.send("GET", "/reconciliation?lang=en", null, approver.cookie()).body();
    assertTrue(
        page.contains("exception of another kind of use")
            && page.contains("Imported from a medium")
            && page.contains("Copied over a boundary"),
        page);
  }

  @Test
  @DisplayName("R19: a write without a grant is listed, and one that its grant does not allow")
  void aWriteWithoutAGrantIsListed() throws Exception {
    String read = activated();
    String export = leaving(2, 1_000);
    tells(scene.clerkPc, written(NOWHERE, GrantScene.MEDIUM, 1, 1, 10), now());
    tells(scene.clerkPc, written(read, GrantScene.MEDIUM, 1, 1, 10), now());
    tells(scene.clerkPc, written(export, "M-0099", 1, 1, 10), now());
    tells(scene.approverPc, written(export, GrantScene.MEDIUM, 1, 1, 10), now());
    Instant late = now().plus(Duration.ofMinutes(16));
    tells(scene.clerkPc, written(export, GrantScene.MEDIUM, 1, 1, 10), late);
    tells(scene.clerkPc, written(export, GrantScene.MEDIUM, 1, 1, 10), now());
    List<UnmatchedOpening> found = asked("").openings();
    assertEquals(
        List.of("late", "no-grant", "other-medium", "other-terminal", "read-only"),
        found.stream().map(UnmatchedOpening::doubt).sorted().toList());
    assertTrue(found.stream().allMatch(one -> one.event().equals("written")), found.toString());
    String page = scene.send("GET", "/reconciliation", null, approver.cookie()).body();
    assertTrue(page.contains("data-doubt=\"read-only\"") && page.contains("媒体に書き込んだ"), page);
  }

  @Test
  @DisplayName(
      "R14, R19: each write stands beside its grant and its receipt; what is missing is listed")
  void writesAreCountedAgainstTheirGrantAndItsHandOver() throws Exception {
    String id = leaving(2, 1_000);
    tells(scene.clerkPc, written(id, GrantScene.MEDIUM, 1, 1, 400), now());
    tells(scene.clerkPc, written(id, GrantScene.MEDIUM, 1, 2, 100), now());
    tells(scene.clerkPc, written(id, GrantScene.MEDIUM, 2, 1, 500), now());
    assertEquals(List.of(), lacks(), "it is still in use");
    scene.server.clock.forward(Duration.ofMinutes(10));
    assertEquals(List.of("hand-over"), lacks());
    did(clerk, id, "hand-over", new HandedOver("税第78号"));
    assertEquals(List.of(), lacks());
    ReconciledUse whole = asked("?all=1").uses().getFirst();
    assertEquals(2, whole.files());
    assertEquals(1_000, whole.bytes());
    assertEquals("税第78号", whole.receipt());
    tells(scene.clerkPc, written(id, GrantScene.MEDIUM, 2, 2, 1), now());
    assertEquals(List.of("excess"), lacks());

    String unwritten = leaving(1, 1_000);
    did(clerk, unwritten, "hand-over", new HandedOver("税第79号"));
    assertEquals("writing", lacks().getFirst());
    String page = scene.send("GET", "/reconciliation", null, approver.cookie()).body();
    assertTrue(page.contains("書込みの記録がない") && page.contains("許可より多い"), page);
  }

  @Test
  void eachPageGoesOnWhereTheOneBeforeEnded() throws Exception {
    List<DeviceRecord> records = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      records.add(scene.clerkPc.record(opened(NOWHERE, now()), now()));
    }
    assertEquals(200, scene.clerkPc.events(records.toArray(DeviceRecord[]::new)).statusCode());
    List<Long> seen = new ArrayList<>();
    String query = "";
    for (int page = 0; page < 3 && query != null; page++) {
      ReconciledUses found = asked(query);
      found.openings().forEach(one -> seen.add(one.index()));
      query = found.olderOpenings() == null ? null : "?openings=" + found.olderOpenings();
    }
    assertEquals(60, seen.stream().distinct().count());
    assertEquals(60, seen.size());

    String first = activated();
    String second = activated();
    UsedGrants used = scene.server.context.getBean(UsedGrants.class);
    List<String> ids = new ArrayList<>();
    UsedGrants.Place place = UsedGrants.Place.NEWEST;
    while (place != null && ids.size() < 3) {
      UsedGrants.Page page = used.before("mayor", place, 1);
      page.sound().forEach(one -> ids.add(one.id()));
      place = page.next();
    }
    assertEquals(List.of(first, second).stream().sorted().toList(), ids.stream().sorted().toList());
    assertEquals(
        List.of(), used.before("education", UsedGrants.Place.NEWEST, 50).sound(), "not theirs");
  }

  @Test
  void whatIsNoPlaceIsRefused() throws Exception {
    for (String query : List.of("?openings=x", "?openings=1", "?uses=1.x", "?uses=-1." + NOWHERE)) {
      for (String path : List.of(API, "/reconciliation")) {
        assertEquals(
            Refusal.INPUT_MALFORMED,
            GrantScene.refusal(scene.send("GET", path + query, null, approver.cookie())));
      }
    }
    assertEquals(303, scene.send("GET", "/reconciliation", null, null).statusCode());
  }

  @Test
  void anEditedRowIsCountedAndRecordedAndHidesNoOther() throws Exception {
    String edited = activated();
    uses(edited);
    String other = activated();
    did(clerk, other, "return", "");
    did(clerk, other, "erase", "");
    var _ =
        scene
            .server
            .installation
            .database()
            .writer()
            .write(handle ->
                handle.execute(
                    "update export_grant set returned = 1, returned_by = 'x' where id = ?",
                    edited));
    ReconciledUses found = asked("");
    assertEquals(List.of(other), found.uses().stream().map(ReconciledUse::grant).toList());
    assertEquals(1, found.edited());
    assertEquals("edited", Objects.requireNonNull(found.openings().getFirst()).doubt());
    scene.server.awaitEntry(
        "system", "service.state-tampered", entry -> edited.equals(entry.data().get("row")));
  }
}
