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
import jp.sekisho.protocol.OfferedApproval;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.GrantText;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.protocol.statement.SeriesConfirmation;
import jp.sekisho.smartcard.verify.Spki;
import org.jspecify.annotations.Nullable;

/**
 * Verifies an offered grant down to the approver's key in the officer-signed policy (architecture
 * §4, "Approval"). Nothing the service says is believed. Thread-safe.
 *
 * <p>In order: the text is one grant of exactly that id, or a series of which exactly one
 * occurrence has it, and what follows is about that one; it is for this terminal and organ; the
 * card statement approves exactly this text for an origin of ours; its signature is the offered
 * key's; that key is an approver of that organ in the signed policy; the approver is neither the
 * person of the grant, nor one who takes turns in its series, nor holds the key of one; every
 * demand of the policy is met, as the service asks it, and the bounds of its series too. An
 * extension goes the same way, and then must be the same matter with more time; an occurrence has
 * none. The confirmation of an occurrence's month is approved in the same way, for exactly that
 * series and month.
 *
 * <p>Where the policy demands two approvers, and always where files leave in plain, a second card
 * statement over the same text goes the same way, by another person and another key. Who stands by
 * (立会者) approves nothing. What leaves, or somebody stands by, has no extension.
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

    /** An occurrence that is approved and stays closed until its month is confirmed. */
    record Unconfirmed(ApprovedGrant grant) implements Outcome {}

    record Bad(Refusal reason) implements Outcome {}
  }

  /** Whose card approved a text, or why nobody's did. */
  private sealed interface Approval {
    /**
     * @param person staff number
     * @param key base64url of the SHA-256 of the SubjectPublicKeyInfo
     */
    record By(String person, String key) implements Approval {}

    record Not(Refusal reason) implements Approval {}
  }

  private static Outcome bad(Refusal reason) {
    return new Outcome.Bad(reason);
  }

  private static Approval not(Refusal reason) {
    return new Approval.Not(reason);
  }

  /** What a card said, decoded; nothing of it is verified. */
  private static final class Said {
    final CardStatement card;
    final byte[] cardBytes;
    final byte[] signature;
    final byte[] spki;

    Said(String cardStatement, String signature, String spki) throws MalformedException {
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
    if (!(own instanceof Outcome.Good good)) {
      return own;
    }
    ApprovedGrant grant = good.grant();
    Refusal alone = second(grant, offer, trust);
    if (alone != null) {
      return bad(alone);
    }
    GrantSeries series = grant.series();
    return series == null
        ? new Outcome.Good(extended(grant, offer, trust))
        : confirmed(grant, series, offer, trust);
  }

  /**
   * Why the first approval, with the second that may be offered, is not enough for what the policy
   * demands; null if it is.
   */
  private @Nullable Refusal second(ApprovedGrant grant, GrantOffer offer, GrantTrust trust) {
    ExportGrant text = grant.text();
    OfferedApproval offered = offer.second();
    if (offered == null) {
      return trust.refuses(text, List.of(grant.approver()));
    }
    Approval other;
    String first;
    try {
      if (!offered.text().equals(offer.text()) || grant.series() != null) {
        return Refusal.APPROVAL_TEXT;
      }
      Said said = new Said(offered.cardStatement(), offered.signature(), offered.spki());
      other = approval(text.detail(), text.organ(), people(text), said, trust);
      first = Sha256.text(decode(offer.spki()));
    } catch (MalformedException e) {
      return Refusal.GRANT_INVALID;
    }
    if (!(other instanceof Approval.By by)) {
      return ((Approval.Not) other).reason();
    }
    // One person may have two keys, and a policy or a roster may name one key for two persons.
    Optional<String> owner = trust.personOf(first);
    boolean same =
        by.person().equals(grant.approver())
            || by.key().equals(first)
            || owner.filter(by.person()::equals).isPresent()
            || trust.personOf(by.key()).filter(grant.approver()::equals).isPresent()
            || (owner.isPresent() && owner.equals(trust.personOf(by.key())));
    return same
        ? Refusal.APPROVAL_TWICE
        : trust.refuses(text, List.of(grant.approver(), by.person()));
  }

  /** Who uses it or stands by: none of them approves it. */
  private static List<String> people(ExportGrant text) {
    return text.attendant() == null
        ? List.of(text.person())
        : List.of(text.person(), text.attendant());
  }

  /** A bad extension takes nothing away: the grant stands by its own approval. */
  private ApprovedGrant extended(ApprovedGrant grant, GrantOffer offer, GrantTrust trust) {
    OfferedApproval more = offer.extension();
    if (more == null) {
      return grant;
    }
    if (offer.second() != null || !grant.text().isRepeatable()) {
      return grant.with(new Further.Refused(Refusal.GRANT_BY_TWO));
    }
    Outcome longer =
        check(grant.id(), more.text(), more.cardStatement(), more.signature(), more.spki(), trust);
    return grant.with(further(grant, longer, trust));
  }

  private static Further further(ApprovedGrant grant, Outcome longer, GrantTrust trust) {
    if (longer instanceof Outcome.Good good && grant.text().isExtendedBy(good.grant().text())) {
      ExportGrant text = good.grant().text();
      Refusal no = trust.refuses(text, List.of(good.grant().approver()));
      return no == null
          ? new Further.Extension(text, good.grant().approval())
          : new Further.Refused(no);
    }
    return new Further.Refused(
        longer instanceof Outcome.Bad no ? no.reason() : Refusal.GRANT_INVALID);
  }

  /** An occurrence lasts as long as its series says, and opens in a month that was confirmed. */
  private Outcome confirmed(
      ApprovedGrant grant, GrantSeries series, GrantOffer offer, GrantTrust trust) {
    ApprovedGrant own =
        offer.extension() == null ? grant : grant.with(new Further.Refused(Refusal.GRANT_INVALID));
    int number = series.number(grant.id());
    if (!series.needsConfirmation(number)) {
      return new Outcome.Good(own);
    }
    OfferedApproval offered = offer.confirmation();
    if (offered == null) {
      return new Outcome.Unconfirmed(own);
    }
    SeriesConfirmation month;
    Said said;
    try {
      month = SeriesConfirmation.parse(decode(offered.text()));
      said = new Said(offered.cardStatement(), offered.signature(), offered.spki());
    } catch (MalformedException e) {
      return bad(Refusal.GRANT_INVALID);
    }
    if (!month.confirms(series, series.month(number))) {
      return bad(Refusal.GRANT_INVALID);
    }
    return approval(month.detail(), grant.text().organ(), series.people(), said, trust)
            instanceof Approval.Not no
        ? bad(no.reason())
        : new Outcome.Good(own);
  }

  private Outcome check(
      String grant,
      String offered,
      String cardStatement,
      String signature,
      String spki,
      GrantTrust trust) {
    GrantText signed;
    ExportGrant text;
    Said said;
    try {
      signed = GrantText.parse(decode(offered));
      text = signed.allows(grant).orElseThrow(() -> new MalformedException("of another grant"));
      said = new Said(cardStatement, signature, spki);
    } catch (MalformedException e) {
      return bad(Refusal.GRANT_INVALID);
    }
    if (!text.terminal().equals(terminal) || !text.organ().equals(organ)) {
      return bad(Refusal.GRANT_ELSEWHERE);
    }
    GrantSeries series = signed instanceof GrantSeries repeated ? repeated : null;
    List<String> people = series == null ? people(text) : series.people();
    Approval approval = approval(signed.detail(), text.organ(), people, said, trust);
    if (approval instanceof Approval.Not no) {
      return bad(no.reason());
    }
    Duration span = Duration.between(text.start(), text.end());
    Duration use = Duration.ofMinutes(text.minutes());
    if (span.compareTo(trust.rules().longestSpan().value()) > 0
        || use.compareTo(trust.rules().longestUse().value()) > 0
        || isTooLong(signed, trust)) {
      return bad(Refusal.GRANT_TOO_LONG);
    }
    return new Outcome.Good(
        new ApprovedGrant(
            text,
            series,
            ((Approval.By) approval).person(),
            Sha256.text(said.cardBytes),
            new Further.None()));
  }

  /**
   * Whether an approver's card approved a text.
   *
   * @param people who use what it allows; none of them approves it
   */
  private Approval approval(
      String detail, String of, List<String> people, Said said, GrantTrust trust) {
    CardStatement card = said.card;
    if (card.purpose() != Purpose.APPROVE
        || !detail.equals(card.detail())
        || !origins.get().contains(card.origin())) {
      return not(Refusal.APPROVAL_TEXT);
    }
    if (!Spki.verifies(said.spki, said.cardBytes, said.signature)) {
      return not(Refusal.SIGNATURE_INVALID);
    }
    String spki = Sha256.text(said.spki);
    if (trust.revoked().contains(spki)) {
      return not(Refusal.CERT_REVOKED);
    }
    Optional<Approver> approver = trust.rules().approver(of, spki);
    if (approver.isEmpty()) {
      return not(Refusal.APPROVER_UNLISTED);
    }
    // The policy may name a key for one person and the roster for another: both must differ.
    boolean own =
        people.contains(approver.get().person())
            || trust.personOf(spki).filter(people::contains).isPresent();
    return own ? not(Refusal.APPROVAL_OWN) : new Approval.By(approver.get().person(), spki);
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
