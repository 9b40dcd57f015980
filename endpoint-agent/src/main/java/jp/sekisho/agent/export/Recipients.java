package jp.sekisho.agent.export;

import java.security.cert.X509Certificate;
import java.util.List;

/** For whom something is encrypted. */
public sealed interface Recipients {
  /** Most certificates of one envelope. */
  int MOST = 20;

  /**
   * Each of these opens it with the key of its certificate: RSA of 2048 bits or more (RSAES-OAEP),
   * or EC on P-256 or P-384 (ephemeral-static ECDH).
   */
  record Certificates(List<X509Certificate> all) implements Recipients {
    /** Refuses none, and keys that are not taken. */
    public Certificates {
      all = List.copyOf(all);
      if (all.isEmpty() || all.size() > MOST || !all.stream().allMatch(Envelope::takes)) {
        throw new IllegalArgumentException("certificates that nothing is encrypted to");
      }
    }
  }

  /** Whoever knows it opens it. */
  record ByPassphrase(Passphrase passphrase) implements Recipients {}
}
