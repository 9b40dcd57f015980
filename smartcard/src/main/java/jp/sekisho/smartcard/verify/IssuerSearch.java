package jp.sekisho.smartcard.verify;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds who issued a certificate: the one whose key verifies its signature. Names must agree too,
 * but decide nothing: successive CAs of one authority share theirs.
 *
 * @param roots where a chain ends
 * @param intermediates what a chain may pass through
 */
record IssuerSearch(List<X509Certificate> roots, List<X509Certificate> intermediates) {
  private static final int LONGEST_CHAIN = 8;
  private static final int MOST_CHAINS = 16;

  /** Every chain from the certificate to a root, both included; shortest first within a branch. */
  List<List<X509Certificate>> chainsFrom(X509Certificate leaf) {
    List<List<X509Certificate>> chains = new ArrayList<>();
    extend(List.of(leaf), chains);
    return chains;
  }

  private void extend(List<X509Certificate> chain, List<List<X509Certificate>> chains) {
    X509Certificate last = chain.get(chain.size() - 1);
    for (X509Certificate root : roots) {
      if (chains.size() < MOST_CHAINS && issued(root, last)) {
        chains.add(plus(chain, root));
      }
    }
    for (X509Certificate next : intermediates) {
      if (chain.size() < LONGEST_CHAIN - 1
          && chains.size() < MOST_CHAINS
          && !chain.contains(next)
          && issued(next, last)) {
        extend(plus(chain, next), chains);
      }
    }
  }

  private static boolean issued(X509Certificate issuer, X509Certificate subject) {
    if (!issuer.getSubjectX500Principal().equals(subject.getIssuerX500Principal())) {
      return false;
    }
    try {
      subject.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static List<X509Certificate> plus(List<X509Certificate> chain, X509Certificate next) {
    List<X509Certificate> longer = new ArrayList<>(chain);
    longer.add(next);
    return longer;
  }
}
