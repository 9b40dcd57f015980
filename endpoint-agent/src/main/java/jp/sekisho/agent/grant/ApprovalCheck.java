package jp.sekisho.agent.grant;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import jp.sekisho.agent.grant.ApprovedGrant.Further;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.OfferedExtension;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.GrantText;
import jp.sekisho.protocol.statement.Purpose;

/**
 * Verifies an offered grant down to the approver's key in the officer-signed policy (architecture
 * §4, "Approval"). Nothing the service says is believed. Thread-safe.
 *
 * <p>In order: the text is one grant of exactly that id, or a series of which exactly one
 * occurrence has it, and what follows is about that one; it is for this terminal and organ; the
 * card statement approves exactly this text for an origin of ours; its signature is the offered
 * key's; that key is an approver of that organ in the signed policy; the approver is neither the
 * person of the grant nor holds that person's key; every bound of the policy is kept, by the series
 * too. An extension goes the same way, and then must be the same matter with more time; an
 * occurrence has none.
 */
final class ApprovalCheck {
  /** No base64url field of an offer is longer: a statement's 64 KiB. */
  private static final int LONGEST_FIELD = 88 * 1024;

  private final String terminal;
  private final String organ;
  private final Supplier<List<String>> origins;

  /**
   * @param origins the service's page origins, where approvals are made
   */
  ApprovalCheck(String terminal, String organ, Supplier<List<String>> origins) {
    this.terminal = terminal;
    this.organ = organ;
    this.origins = origins;
  }

  /** What came of a check. */
  sealed interface Outcome {
    record Good(ApprovedGrant grant) implements Outcome {}

    record Bad(Refusal reason) implements Outcome {}
  }

  private static Outcome bad(Refusal reason) {
    return new Outcome.Bad(reason);
  }

  /** The evidence, decoded; nothing of it is verified. */
  private static final class Evidence {
    final GrantText signed;
    final ExportGrant text;
    final CardStatement card;
    final byte[] cardBytes;
    final byte[] signature;
    final byte[] spki;

    Evidence(String grant, String text, String cardStatement, String signature, String spki)
        throws MalformedException {
      this.signed = GrantText.parse(decode(text));
      this.text =
          signed.allows(grant).orElseThrow(() -> new MalformedException("of another grant"));
      this.cardBytes = decode(cardStatement);
      this.card = CardStatement.parse(cardBytes);
      this.signature = decode(signature);
      this.spki = decode(spki);
    }
  }

  Outcome check(GrantOffer offer, GrantTrust trust) {
    Outcome own =
        check(
            offer.grant(),
            offer.text(),
            offer.cardStatement(),
            offer.signature(),
            offer.spki(),
            trust);
    OfferedExtension more = offer.extension();
    if (more == null || !(own instanceof Outcome.Good good)) {
      return own;
    }
    ApprovedGrant grant = good.grant();
    Outcome longer =
        grant.ofSeries()
            ? bad(Refusal.GRANT_INVALID)
            : check(
                offer.grant(),
                more.text(),
                more.cardStatement(),
                more.signature(),
                more.spki(),
                trust);
    return new Outcome.Good(
        new ApprovedGrant(
            grant.text(),
            grant.ofSeries(),
            grant.approver(),
            grant.approval(),
            further(grant, longer)));
  }

  /** A bad extension takes nothing away: the grant stands by its own approval. */
  private static Further further(ApprovedGrant grant, Outcome longer) {
    if (longer instanceof Outcome.Bad no) {
      return new Further.Refused(no.reason());
    }
    ApprovedGrant more = ((Outcome.Good) longer).grant();
    return grant.text().isExtendedBy(more.text())
        ? new Further.Extension(more.text(), more.approval())
        : new Further.Refused(Refusal.GRANT_INVALID);
  }

  private Outcome check(
      String grant,
      String offered,
      String cardStatement,
      String signature,
      String spki,
      GrantTrust trust) {
    Evidence evidence;
    try {
      evidence = new Evidence(grant, offered, cardStatement, signature, spki);
    } catch (MalformedException e) {
      return bad(Refusal.GRANT_INVALID);
    }
    ExportGrant text = evidence.text;
    if (text.capability() != Capability.USB_READ) {
      return bad(Refusal.GRANT_INVALID);
    }
    if (!text.terminal().equals(terminal) || !text.organ().equals(organ)) {
      return bad(Refusal.GRANT_ELSEWHERE);
    }
    CardStatement card = evidence.card;
    if (card.purpose() != Purpose.APPROVE
        || !evidence.signed.detail().equals(card.detail())
        || !origins.get().contains(card.origin())) {
      return bad(Refusal.APPROVAL_TEXT);
    }
    if (!CardKey.verifies(evidence.spki, evidence.cardBytes, evidence.signature)) {
      return bad(Refusal.SIGNATURE_INVALID);
    }
    return approver(evidence, trust);
  }

  private static Outcome approver(Evidence evidence, GrantTrust trust) {
    ExportGrant text = evidence.text;
    String spki = Sha256.text(evidence.spki);
    if (trust.revoked().contains(spki)) {
      return bad(Refusal.CERT_REVOKED);
    }
    Optional<Approver> approver = trust.rules().approver(text.organ(), spki);
    if (approver.isEmpty()) {
      return bad(Refusal.APPROVER_UNLISTED);
    }
    // The policy may name a key for one person and the roster for another: both must differ.
    boolean own =
        approver.get().person().equals(text.person())
            || trust.personOf(spki).filter(text.person()::equals).isPresent();
    if (own) {
      return bad(Refusal.APPROVAL_OWN);
    }
    Duration span = Duration.between(text.start(), text.end());
    Duration use = Duration.ofMinutes(text.minutes());
    if (span.compareTo(trust.rules().longestSpan().value()) > 0
        || use.compareTo(trust.rules().longestUse().value()) > 0
        || isTooLong(evidence.signed, trust)) {
      return bad(Refusal.GRANT_TOO_LONG);
    }
    return new Outcome.Good(
        new ApprovedGrant(
            text,
            evidence.signed instanceof GrantSeries,
            approver.get().person(),
            Sha256.text(evidence.cardBytes),
            new Further.None()));
  }

  private static boolean isTooLong(GrantText signed, GrantTrust trust) {
    if (signed instanceof GrantSeries series) {
      ExportGrant whole = series.whole();
      return Duration.between(whole.start(), whole.end()).compareTo(trust.longestSeries()) > 0;
    }
    return false;
  }

  private static byte[] decode(String field) throws MalformedException {
    if (field.length() > LONGEST_FIELD) {
      throw new MalformedException("a field of an offer is too long");
    }
    return Base64Url.decode(field);
  }
}
