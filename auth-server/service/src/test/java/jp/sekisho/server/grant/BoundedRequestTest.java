package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.List;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.protocol.NewBounds;
import jp.sekisho.protocol.NewExport;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewSeries;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is asked for without a medium: each refusal, and on SQLite each transition. */
final class BoundedRequestTest extends BoundedTransitions {
  @Test
  @DisplayName("R10: an import says files and data, a clipboard data alone, within the policy")
  void bounds() {
    Dossier in =
        passed(run.requests.request(clerk, wanted(Capability.MEDIA_IMPORT, null, null, FILES)));
    assertEquals(new ExportGrant.Bounds(5, 1 << 20), in.text().amount());
    assertNull(in.text().medium());
    assertNull(in.text().fingerprint());
    Dossier copy =
        passed(run.requests.request(clerk, wanted(Capability.CLIPBOARD, null, ATTENDANT, COPIES)));
    assertEquals(ATTENDANT, copy.text().attendant());
    for (@Nullable NewBounds bad :
        new @Nullable NewBounds[] {
          null, COPIES, new NewBounds(1, 0), new NewBounds(-1, 1), new NewBounds(100_001, 1)
        }) {
      refused(Refusal.GRANT_EXPORT, wanted(Capability.MEDIA_IMPORT, null, null, bad));
    }
    for (@Nullable NewBounds bad :
        new @Nullable NewBounds[] {
          null, FILES, new NewBounds(0, 0), new NewBounds(0, (1L << 30) + 1)
        }) {
      refused(Refusal.GRANT_EXPORT, wanted(Capability.CLIPBOARD, null, null, bad));
    }
    refused(Refusal.GRANT_EXPORT, wanted(Capability.USB_READ, "M-0007", null, FILES));
    refused(Refusal.GRANT_FILES, wanted(Capability.MEDIA_IMPORT, null, null, new NewBounds(11, 1)));
    refused(
        Refusal.GRANT_BYTES,
        wanted(Capability.MEDIA_IMPORT, null, null, new NewBounds(1, (1 << 20) + 1)));
    refused(
        Refusal.GRANT_BYTES,
        wanted(Capability.CLIPBOARD, null, null, new NewBounds(0, (1 << 20) + 1)));
  }

  @Test
  @DisplayName("R10: what is of no medium names none, and no recipient")
  void noMedium() {
    for (Capability capability : List.of(Capability.MEDIA_IMPORT, Capability.CLIPBOARD)) {
      refused(
          Refusal.GRANT_INCOMPLETE,
          wanted(capability, "M-0007", null, capability == Capability.CLIPBOARD ? COPIES : FILES));
      NewGrant plain = wanted(capability, null, null, FILES);
      refused(
          Refusal.GRANT_EXPORT,
          with(plain, null, new NewExport("prefecture", 1, 1, null), plain.bounds()));
      refused(Refusal.GRANT_BY_TWO, with(plain, new NewSeries("weekly", 3), null, plain.bounds()));
    }
    refused(Refusal.GRANT_MEDIUM, wanted(Capability.USB_READ, null, null, null));
    refused(Refusal.GRANT_MEDIUM, wanted(Capability.USB_READ, " ", null, null));
  }

  private static NewGrant with(
      NewGrant one,
      @Nullable NewSeries series,
      @Nullable NewExport export,
      @Nullable NewBounds bounds) {
    return new NewGrant(
        one.person(),
        one.terminal(),
        one.medium(),
        one.reason(),
        one.document(),
        one.legalBasis(),
        one.providedTo(),
        one.subjects(),
        one.start(),
        one.end(),
        one.minutes(),
        series,
        one.capability(),
        one.attendant(),
        export,
        bounds);
  }

  @Test
  @DisplayName("R10: the rules of the terminal say whether it imports, and who stands by")
  void rulesOfTheTerminal() {
    NewGrant in = wanted(Capability.MEDIA_IMPORT, null, null, FILES);
    rules(PolicyRules.leaving().build());
    refused(Refusal.GRANT_CAPABILITY, in);
    refused(Refusal.GRANT_CAPABILITY, wanted(Capability.CLIPBOARD, null, null, COPIES));
    rules(
        PolicyRules.put(permitted(), GrantSettings.ATTENDANT, List.of(GrantCapability.MEDIA_IMPORT))
            .build());
    refused(Refusal.GRANT_ATTENDANT, in);
    refused(Refusal.GRANT_ATTENDANT, wanted(Capability.MEDIA_IMPORT, null, CLERK, FILES));
    passed(run.requests.request(clerk, wanted(Capability.MEDIA_IMPORT, null, ATTENDANT, FILES)));
    signed.lapsed();
    refused(Refusal.POLICY_EXPIRED, in);
    signed.none();
    refused(Refusal.GRANT_CAPABILITY, in);
    permit();
    String id = passed(run.requests.request(clerk, in)).id();
    passed(approve("300001", id));
    rules(PolicyRules.leaving().build());
    refused(Refusal.GRANT_CAPABILITY, run.activate(id, 1, null));
    rules(PolicyRules.put(permitted(), GrantSettings.MOST_FILES, 4).build());
    refused(Refusal.GRANT_FILES, run.activate(id, 1, null));
    permit();
    clock.advance(Duration.ofMinutes(1));
    passed(run.activate(id, 1, null));
  }
}
