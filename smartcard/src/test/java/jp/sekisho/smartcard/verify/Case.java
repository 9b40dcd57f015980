package jp.sekisho.smartcard.verify;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One question to {@link PathRules}; the answer is {@code valid} or the section that failed. */
final class Case {
  private final List<byte[]> anchors = new ArrayList<>();
  private final List<byte[]> intermediates = new ArrayList<>();
  private final List<byte[]> crls = new ArrayList<>();
  private boolean revocation;
  private Instant now = Made.NOW;
  private PathDemands demands = PathDemands.NONE;

  static Case under(Made... anchors) {
    Case made = new Case();
    for (Made anchor : anchors) {
      made.anchors.add(anchor.der());
    }
    return made;
  }

  Case via(Made... certificates) {
    for (Made certificate : certificates) {
      intermediates.add(certificate.der());
    }
    return this;
  }

  /** From now on revocation is asked, with these CRLs. */
  Case crls(MadeCrl... lists) {
    revocation = true;
    for (MadeCrl list : lists) {
      crls.add(list.der());
    }
    return this;
  }

  Case at(Instant time) {
    now = time;
    return this;
  }

  Case policies(String... policies) {
    demands =
        new PathDemands(
            Set.of(policies),
            demands.requireExplicitPolicy(),
            demands.inhibitPolicyMapping(),
            demands.inhibitAnyPolicy(),
            0,
            Optional.empty());
    return this;
  }

  Case demands(PathDemands all) {
    demands = all;
    return this;
  }

  Case explicitPolicy() {
    demands =
        new PathDemands(
            demands.policies(),
            true,
            demands.inhibitPolicyMapping(),
            demands.inhibitAnyPolicy(),
            0,
            Optional.empty());
    return this;
  }

  String judge(Made leaf) {
    return judge(leaf.der());
  }

  String judge(byte[] leaf) {
    PathRules.Outcome outcome =
        PathRules.of(anchors, intermediates, demands, source()).judge(leaf, now);
    return outcome instanceof PathRules.Outcome.Invalid invalid
        ? invalid.failure().section()
        : "valid";
  }

  private RevocationSource source() {
    if (!revocation) {
      return RevocationSource.unchecked();
    }
    List<Crl> usable = new ArrayList<>();
    for (byte[] der : crls) {
      try {
        usable.add(Crl.parse(der));
      } catch (MalformedException e) {
        // as CrlFiles does: a list that cannot be used is none
      }
    }
    return new Lists(usable);
  }

  private record Lists(List<Crl> crls) implements PathRevocation {
    @Override
    public Optional<Failure> check(ValidPath path, Instant now) {
      return new CrlCheck(
              crls,
              CrlDemands.rfc(Optional.empty()),
              new CrlNumbers(notice -> {}),
              path.pool(),
              now)
          .check(path);
    }

    @Override
    public Status check(List<X509Certificate> chain, Instant now) {
      throw new UnsupportedOperationException();
    }
  }
}
