package jp.sekisho.agent.emergency;

import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.agent.grant.GrantTrust;
import jp.sekisho.agent.login.StaffNumbers;
import jp.sekisho.agent.login.TextSigning;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.BreakGlass;
import jp.sekisho.smartcard.verify.Spki;

/**
 * Whose signatures stand under a text, by the officer-signed list of approvers, the roster and the
 * user's certificate: no clock, no card. The text is the one this process made; signatures over any
 * other do not verify.
 */
final class EmergencyCheck {
  /** A card's answer: nothing of it is believed yet. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(byte[] spki, byte[] signature, CardKind kind, X509Certificate certificate) {
    static Answer of(TextSigning.Outcome.Signed signed) {
      return new Answer(signed.spki(), signed.signature(), signed.kind(), signed.certificate());
    }
  }

  /**
   * A signature that was verified.
   *
   * @param signer staff number
   * @param persons every staff number that policy or roster know that key by
   */
  record Verified(String signer, Set<String> persons, Answer answer) {
    Verified {
      persons = Set.copyOf(persons);
    }
  }

  /** What came of a check. */
  sealed interface Outcome {
    record Good(Verified signature) implements Outcome {}

    record Bad(Refusal reason) implements Outcome {}
  }

  private final BreakGlass text;
  private final byte[] bytes;

  EmergencyCheck(BreakGlass text) {
    this.text = text;
    this.bytes = text.bytes();
  }

  private static Outcome bad(Refusal reason) {
    return new Outcome.Bad(reason);
  }

  /**
   * An approver's.
   *
   * @param before who approved already
   */
  Outcome approver(Answer answer, List<Verified> before, GrantTrust trust) {
    Optional<Refusal> bad = signature(answer, trust);
    if (bad.isPresent()) {
      return bad(bad.get());
    }
    String spki = Sha256.text(answer.spki());
    Optional<Approver> listed = trust.rules().approver(text.organ(), spki);
    Set<String> persons = new HashSet<>();
    listed.ifPresent(approver -> persons.add(approver.person()));
    // The policy may name a key for one person and the roster for another: both must differ.
    trust.personOf(spki).ifPresent(persons::add);
    if (persons.contains(text.person())) {
      return bad(Refusal.APPROVAL_OWN);
    }
    if (listed.isEmpty()) {
      return bad(Refusal.APPROVER_UNLISTED);
    }
    for (Verified other : before) {
      if (other.persons().stream().anyMatch(persons::contains)) {
        return bad(Refusal.EMERGENCY_SAME);
      }
    }
    return new Outcome.Good(new Verified(listed.get().person(), persons, answer));
  }

  /**
   * That of the person who will use it. A line of the roster is the service's word; it counts with
   * a certificate that carries the same number, of a CA that the officers pinned.
   */
  Outcome user(Answer answer, EmergencyTrust trust, StaffNumbers numbers) {
    Optional<Refusal> bad = signature(answer, trust.grants());
    if (bad.isPresent()) {
      return bad(bad.get());
    }
    String person = text.person();
    if (trust.grants().personOf(Sha256.text(answer.spki())).filter(person::equals).isEmpty()) {
      return bad(Refusal.EMERGENCY_NO_SESSION);
    }
    if (!Arrays.equals(answer.spki(), answer.certificate().getPublicKey().getEncoded())) {
      return bad(Refusal.CERT_UNTRUSTED);
    }
    StaffNumbers.Outcome found = numbers.of(answer.kind(), answer.certificate(), trust.staffCas());
    if (found instanceof StaffNumbers.Outcome.No no) {
      return bad(no.reason());
    }
    return ((StaffNumbers.Outcome.Carries) found).number().equals(person)
        ? new Outcome.Good(new Verified(person, Set.of(person), answer))
        : bad(Refusal.EMERGENCY_NO_SESSION);
  }

  private Optional<Refusal> signature(Answer answer, GrantTrust trust) {
    if (trust.revoked().contains(Sha256.text(answer.spki()))) {
      return Optional.of(Refusal.CERT_REVOKED);
    }
    return Spki.verifies(answer.spki(), bytes, answer.signature())
        ? Optional.empty()
        : Optional.of(Refusal.SIGNATURE_INVALID);
  }
}
