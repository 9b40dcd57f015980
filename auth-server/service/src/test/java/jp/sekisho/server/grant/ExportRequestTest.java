package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantField;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.usb.UsbSettings;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.MoreTime;
import jp.sekisho.protocol.NewExport;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewSeries;
import jp.sekisho.protocol.OfferedApproval;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RemandReason;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.TamperedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Exceptions under which files leave, by rules that a test sets: each refusal, and the two
 * approvals that what leaves in plain always needs. Signatures are proved in {@link GrantsTest}.
 */
final class ExportRequestTest extends RuledRequests {
  private NewGrant wanted(
      @Nullable String capability, @Nullable String attendant, @Nullable NewExport export) {
    return wanted(capability, attendant, export, null);
  }

  private NewGrant wanted(
      @Nullable String capability,
      @Nullable String attendant,
      @Nullable NewExport export,
      @Nullable NewSeries series) {
    Instant now = clock.instant();
    return new NewGrant(
        CLERK,
        "T-0001",
        "M-0007",
        "県税事務所への提供",
        null,
        null,
        null,
        1,
        now.toString(),
        now.plus(Duration.ofHours(1)).toString(),
        10,
        series,
        capability,
        attendant,
        export);
  }

  private NewGrant encrypted() {
    return wanted("usb-export-encrypted", null, new NewExport("prefecture", 10, 1 << 20, null));
  }

  private NewGrant plain() {
    return wanted("export-plain", ATTENDANT, plainFiles("a.csv", "課税 資料.csv"));
  }

  private static NewExport plainFiles(String... names) {
    return new NewExport("prefecture", names.length, 1_000, List.of(names));
  }

  @Test
  @DisplayName(
      "R10, R13: what leaves is asked for with recipient, files and bytes, within the policy")
  void encryptedWithinThePolicy() {
    Dossier asked = passed(run.requests.request(clerk, encrypted()));
    assertEquals(Capability.USB_EXPORT_ENCRYPTED, asked.text().capability());
    assertNotNull(asked.text().export());
    assertEquals(10, asked.text().export().files());
    assertNull(asked.text().attendant());
    refused(Refusal.GRANT_EXPORT, wanted("usb-export-encrypted", null, null));
    for (NewExport bad :
        List.of(
            new NewExport("prefecture", 0, 1, null),
            new NewExport("prefecture", 1, 0, null),
            new NewExport("Prefecture", 1, 1, null),
            new NewExport("prefecture", 1, 1, List.of("a.csv")))) {
      refused(Refusal.GRANT_EXPORT, wanted("usb-export-encrypted", null, bad));
    }
    refused(
        Refusal.GRANT_RECIPIENT,
        wanted("usb-export-encrypted", null, new NewExport("stranger", 1, 1, null)));
    refused(
        Refusal.GRANT_FILES,
        wanted("usb-export-encrypted", null, new NewExport("prefecture", 11, 1, null)));
    refused(
        Refusal.GRANT_BYTES,
        wanted("usb-export-encrypted", null, new NewExport("prefecture", 1, (1 << 20) + 1, null)));
  }

  @Test
  @DisplayName("R10: reading says nothing of what leaves; an unknown kind is no kind")
  void kinds() {
    assertEquals(
        Capability.USB_READ,
        passed(run.requests.request(clerk, wanted(null, null, null))).text().capability());
    passed(run.requests.request(clerk, wanted("usb-read", null, null)));
    refused(Refusal.GRANT_EXPORT, wanted("usb-read", null, plainFiles("a.csv")));
    refused(Refusal.GRANT_INCOMPLETE, wanted("usb-write", null, null));
  }

  @Test
  @DisplayName("R10: what the rules of the terminal do not permit is refused when it is asked for")
  void notPermitted() {
    rules(PolicyRules.reading().build());
    refused(Refusal.GRANT_CAPABILITY, encrypted());
    refused(Refusal.GRANT_CAPABILITY, plain());
    rules(GrantSettings.CAPABILITIES, List.of(GrantCapability.EXPORT_PLAIN));
    refused(Refusal.GRANT_CAPABILITY, wanted(null, null, null));
    rules(UsbSettings.MEDIA, List.of());
    refused(Refusal.GRANT_MEDIUM, encrypted());
    rules(GrantSettings.FIELDS, List.of(GrantField.LEGAL_BASIS));
    refused(Refusal.GRANT_FIELDS, encrypted());
    signed.layerLapsed();
    refused(Refusal.POLICY_EXPIRED, encrypted());
    signed.lapsed();
    refused(Refusal.POLICY_EXPIRED, encrypted());
    signed.none();
    refused(Refusal.GRANT_CAPABILITY, encrypted());
  }

  @Test
  @DisplayName("R14: an attendant stands by where something leaves in plain or the policy says so")
  void attendant() {
    refused(Refusal.GRANT_ATTENDANT, wanted("export-plain", null, plainFiles("a.csv")));
    refused(Refusal.GRANT_ATTENDANT, wanted("export-plain", CLERK, plainFiles("a.csv")));
    refused(Refusal.GRANT_ATTENDANT, wanted("export-plain", "999999", plainFiles("a.csv")));
    rules(GrantSettings.ATTENDANT, List.of(GrantCapability.USB_READ));
    refused(Refusal.GRANT_ATTENDANT, wanted(null, null, null));
    Dossier attended = passed(run.requests.request(clerk, wanted(null, ATTENDANT, null)));
    assertEquals(ATTENDANT, attended.text().attendant());
    Session other = run.login(ATTENDANT, "T-0002");
    boolean sees =
        run.storage.transactions.read(
            handle -> run.shelf.rights(handle, other, clock.instant()).sees(attended));
    assertTrue(sees, "who stands by sees it");
  }

  @Test
  @DisplayName(
      "R13: files that leave in plain have names, as many as files, and no number among them")
  void plainNames() {
    Dossier asked = passed(run.requests.request(clerk, plain()));
    assertNotNull(asked.text().export());
    assertEquals(List.of("a.csv", "課税 資料.csv"), asked.text().export().names());
    for (NewExport bad :
        List.of(
            new NewExport("prefecture", 1, 1, null),
            new NewExport("prefecture", 2, 1, List.of("a.csv")),
            plainFiles("a.csv", "A.csv"),
            plainFiles("a/b.csv"),
            plainFiles(".."))) {
      refused(Refusal.GRANT_EXPORT, wanted("export-plain", ATTENDANT, bad));
    }
    refused(
        Refusal.GRANT_CONTENT,
        wanted("export-plain", ATTENDANT, plainFiles("マイナンバー 123456789018.csv")));
  }

  @Test
  @DisplayName("what two approve, or where something leaves, is not repeated")
  void notRepeated() {
    NewSeries weekly = new NewSeries("weekly", 3);
    NewExport one = new NewExport("prefecture", 1, 1, null);
    refused(Refusal.GRANT_BY_TWO, wanted("usb-export-encrypted", null, one, weekly));
    refused(Refusal.GRANT_BY_TWO, wanted(null, ATTENDANT, null, weekly));
    rules(GrantSettings.LONGEST_SERIES, Duration.ofDays(31));
    String id = passed(run.requests.request(clerk, wanted(null, null, null, weekly))).id();
    passed(approve("300001", id));
    // Nobody here has a card, which ends it at once; that it was approved is what is asked.
    assertTrue(run.entries().contains("grant.series-approved"), "reading is, as it was");
    rules(GrantSettings.SECOND_APPROVER, List.of(GrantCapability.USB_READ));
    refused(Refusal.GRANT_BY_TWO, wanted(null, null, null, weekly));
  }

  private String askedPlain() {
    return passed(run.requests.request(clerk, plain())).id();
  }

  @Test
  @DisplayName(
      "R11, R13: a terminal gets what leaves in plain with two persons' approvals of one text")
  void twoApprovers() {
    String id = askedPlain();
    passed(approve("300001", id));
    Dossier once = run.dossier(id);
    assertEquals("approved-once", once.state());
    assertTrue(offers().isEmpty(), "one approval opens nothing");
    refused(Refusal.GRANT_UNKNOWN, run.activate(id, 1));

    refused(Refusal.APPROVAL_TWICE, approve("300001", id));
    refused(Refusal.APPROVAL_TWICE, approve("300001", key("300002"), id));
    passed(approve("300002", id));

    assertEquals("approved", run.dossier(id).state());
    GrantOffer offer = offers().getFirst();
    OfferedApproval second = offer.second();
    assertNotNull(second);
    assertEquals(offer.text(), second.text());
    assertFalse(second.spki().equals(offer.spki()));
    assertEquals(Base64Url.encode(key("300001")), second.spki());
    assertEquals(Base64Url.encode(key("300002")), offer.spki());
    assertEquals(
        List.of(
            "grant.requested",
            "grant.approved-once",
            "grant.refused GRANT_UNKNOWN",
            "grant.refused APPROVAL_TWICE",
            "grant.refused APPROVAL_TWICE",
            "grant.approved"),
        run.entries());
    passed(run.activate(id, 1));
  }

  @Test
  @DisplayName("R11: nobody who asked, uses or stands by is one of the two; nor one key for both")
  void notOfTheTwo() {
    rules(PolicyRules.leaving().build(), List.of("300001", "300002", "300003", CLERK, ATTENDANT));
    String id = passed(run.requests.request(clerk, attendedBy("300003"))).id();
    refused(Refusal.APPROVAL_OWN, approve("300003", id));
    passed(approve("300001", id));
    refused(Refusal.APPROVAL_OWN, approve("300003", id));
    refused(Refusal.APPROVER_UNLISTED, approve("300002", key("300001"), id));
    passed(approve("300002", id));
  }

  private NewGrant attendedBy(String attendant) {
    return wanted("export-plain", attendant, plainFiles("a.csv"));
  }

  @Test
  @DisplayName("R11: a deputy of the first approver, and who had a deputy, are not the second one")
  void noChain() {
    String id = askedPlain();
    Request.First first =
        new Request.First(
            clock.instant(),
            "300001",
            "300002",
            new Extension.Approval("t", new byte[] {1}, new byte[] {2}, key("300001")));
    Request once = run.dossier(id).request().approvedOnce(first);
    Dossier dossier = new Dossier(once, null);
    Instant now = clock.instant();
    assertEquals(
        Refusal.APPROVAL_TWICE,
        Step.APPROVE.obstacle(dossier, new Rights("300002", true, false, false), now));
    Rights deputy =
        new Rights("100050", false, false, false, List.of(new Represented("300001", List.of())));
    Dossier attendedByAnother =
        new Dossier(
            passed(run.requests.request(clerk, attendedBy("200001"))).request().approvedOnce(first),
            null);
    assertEquals(Refusal.APPROVAL_TWICE, Step.APPROVE.obstacle(attendedByAnother, deputy, now));
    assertNull(Step.APPROVE.obstacle(dossier, new Rights("300003", true, false, false), now));
  }

  @Test
  @DisplayName(
      "approved once: sent back it counts no more, and can be withdrawn, rejected, revoked")
  void betweenTheTwo() {
    String id = askedPlain();
    passed(approve("300001", id));
    Session approver = run.login("300002", "T-0002");
    passed(run.requests.remand(approver, id, new RemandReason("件数を直してください")));
    assertNull(run.dossier(id).request().first());
    passed(run.requests.correct(clerk, id, plain()));
    assertEquals("requested", run.dossier(id).state());
    passed(approve("300001", id));
    passed(run.requests.withdraw(clerk, id));
    assertEquals("withdrawn", run.dossier(id).state());

    String rejected = askedPlain();
    passed(approve("300001", rejected));
    passed(run.requests.reject(run.login("300001", "T-0002"), rejected));
    assertEquals("rejected", run.dossier(rejected).state());

    String revoked = askedPlain();
    Session admin = run.login("200001", "T-0003");
    refused(Refusal.GRANT_DECIDED, run.requests.revoke(admin, revoked));
    passed(approve("300001", revoked));
    passed(run.requests.revoke(admin, revoked));
    assertEquals("rejected", run.dossier(revoked).state());
    assertTrue(run.entries().contains("grant.revoked"));
    refused(Refusal.GRANT_DECIDED, approve("300002", revoked));
  }

  @Test
  @DisplayName(
      "R13: where the policy demands two for reading, two approve it, as the same text as ever")
  void readingByTwo() {
    rules(GrantSettings.SECOND_APPROVER, List.of(GrantCapability.USB_READ));
    String id = passed(run.requests.request(clerk, wanted(null, null, null))).id();
    String text = new String(run.dossier(id).text().bytes(), StandardCharsets.UTF_8);
    assertTrue(text.startsWith("sekisho/grant/v1\n"), text);
    passed(approve("300001", id));
    assertEquals("approved-once", run.dossier(id).state());
    passed(approve("300002", id));
    passed(run.activate(id, 1));
    Extensions extensions =
        new Extensions(run.storage.transactions, run.dossiers, run.shelf, run.limits);
    MoreTime more = new MoreTime("もう少し", clock.instant().plus(Duration.ofHours(2)).toString(), 20);
    refused(Refusal.GRANT_BY_TWO, extensions.ask(clerk, id, more));
  }

  @Test
  @DisplayName("what the policy says later counts: at the second approval, and at the activation")
  void laterRules() {
    String id = askedPlain();
    passed(approve("300001", id));
    rules(PolicyRules.leaving().build(), List.of("300002", "300003"));
    refused(Refusal.APPROVAL_FIRST, approve("300002", id));
    rules(PolicyRules.reading().build());
    refused(Refusal.GRANT_CAPABILITY, approve("300002", id));
    rules(PolicyRules.leaving().build());
    passed(approve("300002", id));
    rules(PolicyRules.leaving().build(), List.of("300002", "300003"));
    refused(Refusal.APPROVER_UNLISTED, run.activate(id, 1));
    rules(GrantSettings.RECIPIENTS, List.of());
    refused(Refusal.GRANT_RECIPIENT, run.activate(id, 1));
    rules(PolicyRules.leaving().build());
    passed(run.activate(id, 1));

    String read = passed(run.requests.request(clerk, wanted(null, null, null))).id();
    passed(approve("300001", read));
    rules(GrantSettings.SECOND_APPROVER, List.of(GrantCapability.USB_READ));
    refused(Refusal.APPROVAL_SECOND, run.activate(read, 2));
  }

  @Test
  @DisplayName(
      "R11: a first approval that its card did not sign is none: not seconded, not offered")
  void firstSignature() {
    String id = askedPlain();
    passed(approve("300001", key("300001"), id, (_, _) -> new byte[] {2}));
    refused(Refusal.APPROVAL_FIRST, approve("300002", id));
    assertEquals("approved-once", run.dossier(id).state());

    String other = askedPlain();
    passed(approve("300001", other));
    passed(approve("300002", other));
    assertEquals(1, offers().size());
    Request sound = run.dossier(other).request();
    Extension.Approval evidence = Objects.requireNonNull(sound.first()).approval();
    Request unsigned =
        new Request(
            sound.requester(),
            sound.text(),
            sound.state(),
            sound.created(),
            sound.decided(),
            sound.decidedBy(),
            sound.remand(),
            sound.turn(),
            new Request.First(
                clock.instant(),
                "300001",
                null,
                new Extension.Approval(
                    evidence.transaction(),
                    evidence.statement(),
                    new byte[] {2},
                    evidence.spki())));
    run.storage.transactions.write(change -> {
      run.dossiers.update(
          change, change.record(clerk.subject(), new GrantEvent.Withdrawn(other)), unsigned);
      return other;
    });
    assertTrue(offers().isEmpty(), "sealed, and yet no card's");
    refused(Refusal.APPROVAL_FIRST, run.activate(other, 1));
  }

  @Test
  @DisplayName("R11: who lost the post before the second approval has approved nothing")
  void lostPost() {
    Instant now = clock.instant();
    NewGrant untilTomorrow =
        new NewGrant(
            CLERK,
            "T-0001",
            "M-0007",
            "県税事務所への提供",
            null,
            null,
            null,
            1,
            now.toString(),
            now.plus(Duration.ofHours(20)).toString(),
            10,
            null,
            "export-plain",
            ATTENDANT,
            plainFiles("a.csv"));
    String id = passed(run.requests.request(clerk, untilTomorrow)).id();
    passed(approve("300004", id));
    clock.advance(Duration.ofHours(16)); // the next day in Japan
    refused(Refusal.APPROVAL_FIRST, approve("300002", id));
    Session second = run.login("300002", "T-0002");
    passed(run.requests.remand(second, id, new RemandReason("承認者が異動しました")));
  }

  @Test
  @DisplayName(
      "the first approval is under the row's seal: taken out, it is missed; put in, it is not believed")
  void sealed() {
    String id = askedPlain();
    passed(approve("300001", id));
    byte[] kept = run.dossier(id).request().signed().bytes();
    assertArrayEquals(kept, run.dossier(id).text().bytes());
    run.storage
        .database
        .writer()
        .write(h -> h.execute("update export_request set first_by = '300003' where id = ?", id));
    assertTrue(isEdited(id));
    run.storage
        .database
        .writer()
        .write(h -> h.execute("update export_request set first_by = null where id = ?", id));
    assertTrue(isEdited(id));
    run.storage
        .database
        .writer()
        .write(h ->
            h.execute(
                "update export_request set first_by = '300001', attendant = null where id = ?",
                id));
    assertTrue(isEdited(id), "who stands by");
  }

  private boolean isEdited(String id) {
    return run.storage.transactions.read(handle -> {
      try {
        return run.dossiers.find(handle, id).isEmpty();
      } catch (TamperedException e) {
        return true;
      }
    });
  }
}
