package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.Purpose;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Architecture §4: the terminal verifies an approval itself and believes the service nothing. */
class ApprovalCheckTest {
  private final DeskWorld world = new DeskWorld(Path.of("activations.json"));
  private final ExportGrant text = DeskWorld.text("one");
  private final GrantTrust trust =
      DeskWorld.trust(
          new Approver(DeskWorld.BOSS, "mayor", world.bossSpki),
          Map.of(world.bossSpki, DeskWorld.BOSS));

  private String check(GrantOffer offer, GrantTrust by) {
    ApprovalCheck.Outcome outcome =
        new ApprovalCheck("T-0042", "mayor", () -> List.of(DeskWorld.ORIGIN)).check(offer, by);
    return outcome instanceof ApprovalCheck.Outcome.Bad bad
        ? bad.reason().name()
        : "good by " + ((ApprovalCheck.Outcome.Good) outcome).grant().approver();
  }

  private String check(GrantOffer offer) {
    return check(offer, trust);
  }

  private static void refused(Refusal expected, String outcome) {
    assertEquals(expected.name(), outcome);
  }

  @Test
  @DisplayName("an approval by an approver of the signed policy counts")
  void good() {
    assertEquals("good by S-0007", check(world.offer(text)));
  }

  @Test
  @DisplayName("an approver's RSA card counts as well")
  void rsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    String spki = Sha256.text(keys.getPublic().getEncoded());
    CardStatement card = DeskWorld.approval(text.detail());
    java.security.Signature signer = java.security.Signature.getInstance("SHA256withRSA");
    signer.initSign(keys.getPrivate());
    signer.update(card.bytes());
    GrantOffer offer =
        new GrantOffer(
            text.request(),
            Base64Url.encode(text.bytes()),
            Base64Url.encode(card.bytes()),
            Base64Url.encode(signer.sign()),
            Base64Url.encode(keys.getPublic().getEncoded()),
            "approved",
            null,
            null);
    GrantTrust by =
        DeskWorld.trust(new Approver(DeskWorld.BOSS, "mayor", spki), Map.of(spki, DeskWorld.BOSS));
    assertEquals("good by S-0007", check(offer, by));
  }

  @Test
  @DisplayName("a text that is no grant, or is offered under another id, is refused")
  void malformed() {
    GrantOffer good = world.offer(text);
    GrantOffer noText =
        new GrantOffer(
            good.grant(),
            "AAAA",
            good.cardStatement(),
            good.signature(),
            good.spki(),
            "x",
            null,
            null);
    refused(Refusal.GRANT_INVALID, check(noText));
    GrantOffer otherId =
        new GrantOffer(
            DeskWorld.text("two").request(),
            good.text(),
            good.cardStatement(),
            good.signature(),
            good.spki(),
            "approved",
            null,
            null);
    refused(Refusal.GRANT_INVALID, check(otherId));
  }

  @Test
  @DisplayName("a grant for another terminal or another organ is refused")
  void elsewhere() {
    ApprovalCheck other = new ApprovalCheck("T-0043", "mayor", () -> List.of(DeskWorld.ORIGIN));
    assertEquals(
        new ApprovalCheck.Outcome.Bad(Refusal.GRANT_ELSEWHERE),
        other.check(world.offer(text), trust));
    ApprovalCheck foreign =
        new ApprovalCheck("T-0042", "assembly", () -> List.of(DeskWorld.ORIGIN));
    assertEquals(
        new ApprovalCheck.Outcome.Bad(Refusal.GRANT_ELSEWHERE),
        foreign.check(world.offer(text), trust));
  }

  @Test
  @DisplayName("an approval of another text is refused")
  void otherText() {
    CardStatement ofAnother = DeskWorld.approval(DeskWorld.text("two").detail());
    refused(Refusal.APPROVAL_TEXT, check(DeskWorld.offer(text, ofAnother, world.boss)));
  }

  @Test
  @DisplayName("a login's signature is no approval, nor is one for a foreign page")
  void notAnApproval() {
    CardStatement good = DeskWorld.approval(text.detail());
    CardStatement login =
        new CardStatement(
            good.origin(),
            good.transaction(),
            good.nonce(),
            Purpose.LOGIN,
            good.terminal(),
            good.certificate(),
            null);
    refused(Refusal.APPROVAL_TEXT, check(DeskWorld.offer(text, login, world.boss)));
    CardStatement foreign =
        new CardStatement(
            "https://evil.example",
            good.transaction(),
            good.nonce(),
            Purpose.APPROVE,
            good.terminal(),
            good.certificate(),
            good.detail());
    refused(Refusal.APPROVAL_TEXT, check(DeskWorld.offer(text, foreign, world.boss)));
  }

  @Test
  @DisplayName("a forged signature is refused, whoever offers it")
  void forged() {
    KeyPair forger = TestPki.newKeys();
    GrantOffer signed = DeskWorld.offer(text, DeskWorld.approval(text.detail()), forger);
    GrantOffer pretending =
        new GrantOffer(
            signed.grant(),
            signed.text(),
            signed.cardStatement(),
            signed.signature(),
            Base64Url.encode(world.boss.getPublic().getEncoded()),
            "approved",
            null,
            null);
    refused(Refusal.SIGNATURE_INVALID, check(pretending));
    refused(Refusal.APPROVER_UNLISTED, check(signed));
  }

  @Test
  @DisplayName("every flipped bit of the signed statement, its signature or the key is refused")
  void flipped() {
    GrantOffer good = world.offer(text);
    for (int field = 0; field < 3; field++) {
      String[] parts = {good.cardStatement(), good.signature(), good.spki()};
      byte[] bytes = decode(parts[field]);
      for (int at = 0; at < bytes.length; at++) {
        byte[] other = bytes.clone();
        other[at] ^= 1;
        parts[field] = Base64Url.encode(other);
        GrantOffer offer =
            new GrantOffer(
                good.grant(), good.text(), parts[0], parts[1], parts[2], "approved", null, null);
        org.junit.jupiter.api.Assertions.assertFalse(
            check(offer).startsWith("good"), "field " + field + " byte " + at);
      }
    }
  }

  private static byte[] decode(String text) {
    try {
      return Base64Url.decode(text);
    } catch (jp.sekisho.protocol.MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("an approver of another organ does not count")
  void otherOrgan() {
    GrantTrust by =
        DeskWorld.trust(
            new Approver(DeskWorld.BOSS, "assembly", world.bossSpki),
            Map.of(world.bossSpki, DeskWorld.BOSS));
    refused(Refusal.APPROVER_UNLISTED, check(world.offer(text), by));
  }

  @Test
  @DisplayName("the person of the grant cannot approve it, by the policy or by the roster")
  void self() {
    GrantTrust byPolicy =
        DeskWorld.trust(new Approver(DeskWorld.CLERK, "mayor", world.bossSpki), Map.of());
    refused(Refusal.APPROVAL_OWN, check(world.offer(text), byPolicy));
    GrantTrust byRoster =
        DeskWorld.trust(
            new Approver(DeskWorld.BOSS, "mayor", world.bossSpki),
            Map.of(world.bossSpki, DeskWorld.CLERK));
    refused(Refusal.APPROVAL_OWN, check(world.offer(text), byRoster));
  }

  @Test
  @DisplayName("an approver's revoked card does not count")
  void revoked() {
    GrantTrust by = new GrantTrust(trust.policy(), trust.roster(), Set.of(world.bossSpki), true);
    refused(Refusal.CERT_REVOKED, check(world.offer(text), by));
  }

  @Test
  @DisplayName("a grant beyond the policy's longest span or longest use is refused")
  void tooLong() {
    refused(Refusal.GRANT_TOO_LONG, check(world.offer(bounds(Duration.ofDays(8), 30))));
    refused(Refusal.GRANT_TOO_LONG, check(world.offer(bounds(Duration.ofHours(3), 61))));
    assertEquals("good by S-0007", check(world.offer(bounds(Duration.ofDays(7), 60))));
  }

  private ExportGrant bounds(Duration span, int minutes) {
    return new ExportGrant(
        text.request(),
        text.organ(),
        text.person(),
        text.terminal(),
        text.capability(),
        text.medium(),
        text.fingerprint(),
        text.reason(),
        null,
        null,
        null,
        0,
        text.start(),
        text.start().plus(span),
        minutes);
  }
}
