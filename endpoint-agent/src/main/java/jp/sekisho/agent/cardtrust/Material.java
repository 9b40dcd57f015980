package jp.sekisho.agent.cardtrust;

import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.agent.login.StaffNumbers;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.CardTrustList;
import jp.sekisho.protocol.CardTrustOffer;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.smartcard.verify.Clause;
import jp.sekisho.smartcard.verify.CrlFiles;
import jp.sekisho.smartcard.verify.PathVerifier;
import jp.sekisho.smartcard.verify.TrustProfile;
import jp.sekisho.smartcard.verify.Verdict;

/**
 * One list of the service with its parts, ready to judge by. Immutable but for what it remembers of
 * paths; thread-safe.
 *
 * @param tag base64url SHA-256 of the list; empty for none
 * @param asked the kinds this terminal was to judge when it was made
 * @param judges a kind that is not among them is for the service alone
 */
record Material(String tag, Set<CardKind> asked, Map<CardKind, Judge> judges) {
  static final Material NONE = new Material("", Set.of(), Map.of());

  private static final int MOST_PARTS = 64;

  /** Judges certificates of one kind. */
  interface Judge {
    Verdict verify(X509Certificate certificate);
  }

  /** Reads parts by name. */
  interface Parts {
    byte[] bytes(String name) throws MalformedException;

    Path file(String name);
  }

  /**
   * The offers of a list that this terminal judges by.
   *
   * @param budget bytes; a kind that has more is left to the service
   * @throws MalformedException for what no service of ours sends
   */
  static Map<CardKind, CardTrustOffer> offers(CardTrustList list, Set<CardKind> asked, long budget)
      throws MalformedException {
    Map<CardKind, CardTrustOffer> offers = new EnumMap<>(CardKind.class);
    for (CardTrustOffer offer : list.kinds()) {
      Optional<CardKind> kind = CardKind.find(offer.kind());
      if (kind.isEmpty()) {
        continue;
      }
      if (offer.anchors().size() > MOST_PARTS
          || offer.lists().size() > MOST_PARTS
          || offer.listSeconds() < 1
          || offer.bytes() < 0) {
        throw new MalformedException("an offer out of bounds");
      }
      for (String name : names(offer)) {
        Base64Url.decode(name, 32);
      }
      if (asked.contains(kind.get())
          && offer.bytes() <= budget
          && offers.put(kind.get(), offer) != null) {
        throw new MalformedException("a kind twice");
      }
    }
    return offers;
  }

  static Set<String> names(CardTrustOffer offer) {
    Set<String> names = new HashSet<>(offer.anchors());
    names.addAll(offer.lists());
    return names;
  }

  /**
   * Makes the judges.
   *
   * @param clock the service's time
   * @throws MalformedException when a part is missing or not what it should be
   */
  static Material of(
      String tag,
      Set<CardKind> asked,
      Map<CardKind, CardTrustOffer> offers,
      Parts parts,
      InstantSource clock)
      throws MalformedException {
    Map<CardKind, Judge> judges = new EnumMap<>(CardKind.class);
    for (Map.Entry<CardKind, CardTrustOffer> one : offers.entrySet()) {
      judges.put(one.getKey(), judge(one.getValue(), parts, clock));
    }
    return new Material(tag, Set.copyOf(asked), Map.copyOf(judges));
  }

  private static Judge judge(CardTrustOffer offer, Parts parts, InstantSource clock)
      throws MalformedException {
    List<X509Certificate> roots = new ArrayList<>();
    for (String name : offer.anchors()) {
      try {
        roots.add(PathVerifier.parse(parts.bytes(name)));
      } catch (CertificateException e) {
        throw new MalformedException("an anchor is no certificate");
      }
    }
    if (roots.isEmpty()) {
      return certificate -> new Verdict.Distrusted(Clause.UNKNOWN_ISSUER, "no CA is pinned");
    }
    for (String name : offer.lists()) {
      parts.bytes(name);
    }
    CrlFiles lists =
        new CrlFiles(
            offer.lists().stream().map(parts::file).toList(),
            Duration.ofSeconds(offer.listSeconds()));
    // Read now, not while somebody waits with the card in hand.
    if (!lists.problems().isEmpty()) {
      throw new MalformedException(String.join("; ", lists.problems()));
    }
    PathVerifier verifier =
        new PathVerifier(
            clock, new TrustProfile(roots, Optional.ofNullable(offer.requiredPolicy()), lists));
    return certificate -> {
      try {
        return verifier.verify(certificate.getEncoded(), List.of());
      } catch (CertificateEncodingException e) {
        return new Verdict.Distrusted(Clause.MALFORMED, "it cannot be encoded");
      }
    };
  }

  /** What this list has against a certificate; empty: nothing, or it is not asked. */
  Optional<Refusal> against(CardKind kind, X509Certificate certificate) {
    Judge judge = judges.get(kind);
    return judge != null && judge.verify(certificate) instanceof Verdict.Distrusted no
        ? Optional.of(refusal(no.clause()))
        : Optional.empty();
  }

  /**
   * The staff number in a certificate whose path goes through a CA of {@code pins}. Certificates of
   * JPKI number residents, not staff.
   */
  StaffNumbers.Outcome number(CardKind kind, X509Certificate certificate, Collection<String> pins) {
    Judge judge = kind == CardKind.JPKI ? null : judges.get(kind);
    if (judge == null) {
      return new StaffNumbers.Outcome.No(Refusal.CERT_UNTRUSTED);
    }
    Verdict verdict = judge.verify(certificate);
    if (verdict instanceof Verdict.Distrusted no) {
      return new StaffNumbers.Outcome.No(refusal(no.clause()));
    }
    Verdict.Trusted trusted = (Verdict.Trusted) verdict;
    return trusted
        .subjectNumber()
        .filter(number -> trusted.chain().stream().skip(1).anyMatch(ca -> isOf(pins, ca)))
        .<StaffNumbers.Outcome>map(StaffNumbers.Outcome.Carries::new)
        .orElseGet(() -> new StaffNumbers.Outcome.No(Refusal.CERT_UNTRUSTED));
  }

  private static boolean isOf(Collection<String> pins, X509Certificate ca) {
    try {
      return pins.contains(Sha256.text(ca.getEncoded()));
    } catch (CertificateEncodingException e) {
      return false;
    }
  }

  /** As the service says it. */
  private static Refusal refusal(Clause clause) {
    return switch (clause) {
      case NOT_YET_VALID, EXPIRED -> Refusal.CERT_EXPIRED;
      case KEY_USAGE, KEY_TYPE, POLICY -> Refusal.CERT_USAGE;
      case REVOKED -> Refusal.CERT_REVOKED;
      case REVOCATION_UNKNOWN -> Refusal.REVOCATION_UNKNOWN;
      case MALFORMED, UNKNOWN_ISSUER, PATH -> Refusal.CERT_UNTRUSTED;
    };
  }
}
