package jp.sekisho.smartcard.verify;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** What {@link PathVerifier} found. */
public sealed interface Verdict {

  /**
   * Every demand is met.
   *
   * @param chain the card's certificate first, the pinned root last
   * @param subjectNumber serialNumber attribute of the subject (the staff number)
   * @param reported whether the profile's reportedPolicy holds
   */
  record Trusted(List<X509Certificate> chain, Optional<String> subjectNumber, boolean reported)
      implements Verdict {
    public Trusted {
      chain = List.copyOf(chain);
    }

    public X509Certificate certificate() {
      return chain.get(0);
    }

    /** The issuing CA's certificate; with its key and the serial number it identifies the card. */
    public X509Certificate issuer() {
      return chain.get(1);
    }
  }

  /** A demand is not met. */
  record Distrusted(Clause clause, String detail) implements Verdict {}
}
