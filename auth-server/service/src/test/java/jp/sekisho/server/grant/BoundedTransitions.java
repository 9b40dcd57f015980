package jp.sekisho.server.grant;

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
import java.util.Set;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.protocol.HandedOver;
import jp.sekisho.protocol.MoreTime;
import jp.sekisho.protocol.NewBounds;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RemandReason;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import jp.sekisho.server.session.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Each transition of the two kinds of exception that are about no medium, on the database of who
 * extends it.
 */
abstract class BoundedTransitions extends RuledRequests {
  static final NewBounds FILES = new NewBounds(5, 1 << 20);
  static final NewBounds COPIES = new NewBounds(0, 4_096);

  @BeforeEach
  void permit() {
    rules(permitted().build());
  }

  /** Ten files of a mebibyte come in, and as much goes over a boundary. */
  static SettingValues.Builder permitted() {
    return PolicyRules.put(
        PolicyRules.leaving(),
        GrantSettings.CAPABILITIES,
        List.of(GrantCapability.USB_READ, GrantCapability.MEDIA_IMPORT, GrantCapability.CLIPBOARD));
  }

  NewGrant wanted(
      Capability capability,
      @Nullable String medium,
      @Nullable String attendant,
      @Nullable NewBounds bounds) {
    Instant now = clock.instant();
    return new NewGrant(
        CLERK,
        "T-0001",
        medium,
        "届いた資料の取込み",
        null,
        null,
        null,
        1,
        now.toString(),
        now.plus(Duration.ofHours(1)).toString(),
        10,
        null,
        capability.text(),
        attendant,
        null,
        bounds);
  }

  private String asked(Capability capability) {
    NewBounds bounds = capability == Capability.CLIPBOARD ? COPIES : FILES;
    return passed(run.requests.request(clerk, wanted(capability, null, null, bounds))).id();
  }

  private String approved(Capability capability) {
    String id = asked(capability);
    passed(approve("300001", id));
    assertEquals("approved", run.dossier(id).state());
    return id;
  }

  private String active(Capability capability) {
    String id = approved(capability);
    clerk = run.login(CLERK, "T-0001");
    passed(run.activate(id, 1, null));
    assertEquals("active", run.dossier(id).state());
    return id;
  }

  /** What can be done with a use that is over: nothing, and nobody waits for anything. */
  private void closed(String id, String last) {
    Dossier dossier = run.dossier(id);
    assertEquals("closed", dossier.state());
    assertEquals(last, run.entries().getLast());
    assertFalse(dossier.isOut());
    Grant grant = Objects.requireNonNull(dossier.grant());
    assertNotNull(grant.ended());
    assertNull(grant.returned());
    assertFalse(grant.isUnerased());
    refused(Refusal.GRANT_DECIDED, run.returns.confirm(clerk, id));
    refused(Refusal.GRANT_DECIDED, run.returns.handOver(clerk, id, new HandedOver("税第1号")));
    refused(Refusal.GRANT_DECIDED, run.returns.erase(clerk, id));
    refused(Refusal.GRANT_DECIDED, run.requests.revoke(run.login("200001", "T-0003"), id));
    clock.advance(Duration.ofDays(2));
    run.time.sweep();
    assertNull(Objects.requireNonNull(run.dossier(id).grant()).overdue(), "nothing has to be back");
    waitsForNothing(id);
  }

  private void waitsForNothing(String id) {
    assertFalse(run.storage.transactions.read(handle -> run.dossiers.waiting(handle)).contains(id));
    Set<String> out = run.storage.transactions.read(h -> run.dossiers.out(h, "mayor"));
    assertTrue(out.isEmpty());
    assertTrue(
        run.storage.transactions.read(h -> run.dossiers.needing(h, "mayor")).sound().stream()
            .noneMatch(dossier -> dossier.id().equals(id)));
    assertTrue(
        run.storage.transactions.read(h -> run.dossiers.open(h, "mayor")).sound().stream()
            .noneMatch(dossier -> dossier.id().equals(id)));
  }

  @Test
  @DisplayName("R10: an import and a clipboard go from request to close without a medium")
  void transitions() {
    for (Capability capability : List.of(Capability.MEDIA_IMPORT, Capability.CLIPBOARD)) {
      decided(capability);
      used(capability);
      byTwo(capability);
    }
  }

  private void decided(Capability capability) {
    NewBounds bounds = capability == Capability.CLIPBOARD ? COPIES : FILES;
    String id = asked(capability);
    String text = new String(run.dossier(id).text().bytes(), StandardCharsets.UTF_8);
    assertTrue(text.startsWith("sekisho/grant/v3\n"), text);
    assertTrue(text.contains("\nmedium -\nfingerprint -\n"), text);
    Session approver = run.login("300001", "T-0002");
    passed(run.requests.remand(approver, id, new RemandReason("量を直してください")));
    passed(run.requests.correct(clerk, id, wanted(capability, null, null, bounds)));
    passed(run.requests.reject(run.login("300001", "T-0002"), id));
    assertEquals("rejected", run.dossier(id).state());

    String withdrawn = approved(capability);
    passed(run.requests.withdraw(clerk, withdrawn));
    assertEquals("withdrawn", run.dossier(withdrawn).state());

    String unused = approved(capability);
    assertEquals(1, offers().size());
    clock.advance(Duration.ofHours(1));
    run.time.sweep();
    assertEquals("expired", run.dossier(unused).state());
    assertTrue(offers().isEmpty());
    waitsForNothing(unused);
    clerk = run.login(CLERK, "T-0001");
  }

  private void used(Capability capability) {
    String id = approved(capability);
    refused(Refusal.MEDIUM_OTHER, run.activate(id, 1));
    refused(Refusal.GRANT_DECIDED, run.returns.confirm(clerk, id));
    passed(run.activate(id, 1, null));
    passed(run.activate(id, 1, null));
    refused(Refusal.GRANT_ACTIVATED, run.activate(id, 2, null));
    refused(Refusal.GRANT_DECIDED, run.returns.confirm(clerk, id));
    Extensions extensions =
        new Extensions(run.storage.transactions, run.dossiers, run.shelf, run.limits);
    MoreTime more = new MoreTime("もう少し", clock.instant().plus(Duration.ofHours(2)).toString(), 20);
    refused(Refusal.GRANT_BY_TWO, extensions.ask(clerk, id, more));
    String type = capability == Capability.CLIPBOARD ? "clipboard.closed" : "export.closed";
    run.closed(type, "T-0001", id, "card-removed");
    run.closed(type, "T-0002", id, "ended");
    assertEquals("active", run.dossier(id).state(), "another cause, and another terminal");
    run.closed(type, "T-0001", id, "ended");
    closed(id, "grant.ended");

    clerk = run.login(CLERK, "T-0001");
    String late = active(capability);
    run.closed(type, "T-0001", late, "deadline");
    closed(late, "grant.ended");

    clerk = run.login(CLERK, "T-0001");
    String silent = active(capability);
    clock.advance(Duration.ofMinutes(10));
    run.time.sweep();
    closed(silent, "grant.ended");

    clerk = run.login(CLERK, "T-0001");
    String revoked = active(capability);
    passed(run.requests.revoke(run.login("300002", "T-0002"), revoked));
    assertEquals("revoked", run.dossier(revoked).state());
    clock.advance(Duration.ofDays(2));
    run.time.sweep();
    assertNull(Objects.requireNonNull(run.dossier(revoked).grant()).overdue());
    waitsForNothing(revoked);
    clerk = run.login(CLERK, "T-0001");
  }

  private void byTwo(Capability capability) {
    rules(
        PolicyRules.put(
                permitted(),
                GrantSettings.SECOND_APPROVER,
                List.of(GrantCapability.MEDIA_IMPORT, GrantCapability.CLIPBOARD))
            .build());
    String id = asked(capability);
    passed(approve("300001", id));
    assertEquals("approved-once", run.dossier(id).state());
    refused(Refusal.APPROVAL_TWICE, approve("300001", id));
    passed(approve("300002", id));
    assertNotNull(offers().getFirst().second());
    clerk = run.login(CLERK, "T-0001");
    passed(run.activate(id, 1, null));
    clock.advance(Duration.ofMinutes(10));
    run.time.sweep();
    closed(id, "grant.ended");
    clerk = run.login(CLERK, "T-0001");
    permit();
  }
}
