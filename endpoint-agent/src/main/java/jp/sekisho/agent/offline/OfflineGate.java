package jp.sekisho.agent.offline;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.Supplier;
import jp.sekisho.agent.login.CardObjections;
import jp.sekisho.agent.login.StaffNumbers;
import jp.sekisho.policy.Decision;
import jp.sekisho.policy.Effect;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.trust.TrustedState;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.FiscalYear;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.OfflineEvent.Cause;
import org.jspecify.annotations.Nullable;

/**
 * Who may log in without the service, by the last good signed files, the officers' pins of CAs of
 * staff cards, what is kept of the last contact, and the signed policy. Asks nobody and changes
 * nothing. Thread-safe.
 */
public final class OfflineGate implements CardObjections {
  private static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");

  private final Supplier<Optional<TrustedState>> trust;
  private final Contacts contacts;
  private final StaffNumbers numbers;

  /**
   * @param trust the last good signed files; empty before the first
   * @param numbers judges certificates in full
   */
  public OfflineGate(
      Supplier<Optional<TrustedState>> trust, Contacts contacts, StaffNumbers numbers) {
    this.trust = trust;
    this.contacts = contacts;
    this.numbers = numbers;
  }

  /** What came of a question. */
  sealed interface Verdict {
    /**
     * May log in.
     *
     * @param person staff number; empty where no card was shown yet
     * @param by the rule that says so
     * @param longest how long the login may stand
     */
    record Yes(String person, Decision by, Duration longest, Instant at, Instant contact)
        implements Verdict {}

    /**
     * May not.
     *
     * @param by the policy's rule that says so; null for anything else
     */
    record No(Refusal reason, @Nullable Decision by) implements Verdict {}
  }

  private static Verdict no(Refusal reason) {
    return new Verdict.No(reason, null);
  }

  /** Whether anybody could, whoever they are. */
  Verdict anybody() {
    return judge((files, known) ->
        decide(files, known, "", CardKind.STAFF_PIV, known.at().atZone(JAPAN).toLocalDate()));
  }

  /** Whether the holder of that card may. */
  Verdict judge(CardKind kind, X509Certificate certificate) {
    return judge((files, known) -> card(files, known, kind, certificate));
  }

  @Override
  public Optional<Refusal> against(CardKind kind, X509Certificate certificate) {
    return judge(kind, certificate) instanceof Verdict.No no
        ? Optional.of(no.reason())
        : Optional.empty();
  }

  /** One part of a judgement, given what everything needs. */
  private interface Further {
    Verdict judge(TrustedState files, Contacts.Now.Known known);
  }

  private Verdict judge(Further further) {
    Optional<TrustedState> files = trust.get();
    if (files.isEmpty()) {
      return no(Refusal.POLICY_MISSING);
    }
    Contacts.Now now = contacts.now();
    if (now instanceof Contacts.Now.Unknown unknown) {
      return no(unknown.reason());
    }
    Contacts.Now.Known known = (Contacts.Now.Known) now;
    // The roster lives as long as the oldest contact that any policy allows.
    if (files.get().rulesExpired(known.at()) || files.get().signedRoster().isExpired(known.at())) {
      return no(Refusal.POLICY_EXPIRED);
    }
    if (isOtherYear(known.contact(), known.at())) {
      return no(Refusal.OFFLINE_YEAR);
    }
    return further.judge(files.get(), known);
  }

  private static boolean isOtherYear(Instant contact, Instant at) {
    return !FiscalYear.end(day(contact)).equals(FiscalYear.end(day(at)));
  }

  private static LocalDate day(Instant at) {
    return at.atZone(JAPAN).toLocalDate();
  }

  private Verdict card(
      TrustedState files, Contacts.Now.Known known, CardKind kind, X509Certificate certificate) {
    String spki = Sha256.text(certificate.getPublicKey().getEncoded());
    if (files.isRevoked(spki)) {
      return no(Refusal.CERT_REVOKED);
    }
    Optional<String> person = files.roster().personOf(spki);
    if (person.isEmpty()) {
      return no(Refusal.OFFLINE_PERSON);
    }
    StaffNumbers.Outcome found = numbers.of(kind, certificate, files.root().staffCas());
    if (found instanceof StaffNumbers.Outcome.No no) {
      return no(no.reason());
    }
    // A line of the roster is the service's word; the certificate is the CA's.
    if (!((StaffNumbers.Outcome.Carries) found).number().equals(person.get())) {
      return no(Refusal.CERT_UNTRUSTED);
    }
    LastContact.Login before = known.logins().get(spki);
    return before == null || !before.person().equals(person.get())
        ? no(Refusal.OFFLINE_PERSON)
        : decide(files, known, person.get(), kind, day(before.at()));
  }

  private static Verdict decide(
      TrustedState files,
      Contacts.Now.Known known,
      String person,
      CardKind kind,
      LocalDate lastLogin) {
    LocalDateTime at = known.at().atZone(JAPAN).toLocalDateTime();
    Decision decision =
        PolicyEvaluator.by(files.policy())
            .login(
                new LoginAttempt(
                    LoginFactors.CARD_PIN,
                    kind,
                    true,
                    at,
                    new LoginAttempt.Offline(
                        day(known.contact()), lastLogin, known.powered(), known.boots())));
    return decision.effect() == Effect.BLOCK
        ? new Verdict.No(Refusal.OFFLINE_POLICY, decision)
        : new Verdict.Yes(
            person,
            decision,
            files.policy().login().sessionAbsolute().value(),
            known.at(),
            known.contact());
  }

  /**
   * Why a login that stands must not go on; null when it may. The limits of a beginning are not
   * asked again: a cut line keeps who is there.
   *
   * @param spki base64url of the SHA-256 of the card key's SubjectPublicKeyInfo
   * @param at when it began
   * @param since how long ago that is, by the boot clock
   */
  @Nullable Cause whyNot(String person, String spki, Instant at, Duration since) {
    Instant now = at.plus(since);
    if (isOtherYear(at, now)) {
      return Cause.YEAR;
    }
    Optional<TrustedState> files = trust.get();
    if (files.isEmpty() || files.get().rulesExpired(now)) {
      return Cause.POLICY_EXPIRED;
    }
    boolean theirs =
        !files.get().isRevoked(spki)
            && files.get().roster().personOf(spki).filter(person::equals).isPresent();
    return theirs ? null : Cause.REVOKED;
  }
}
