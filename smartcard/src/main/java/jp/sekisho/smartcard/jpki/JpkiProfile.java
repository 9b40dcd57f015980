package jp.sekisho.smartcard.jpki;

import java.util.List;
import java.util.Set;
import jp.sekisho.smartcard.piv.SigningAlgorithm;

/**
 * What is different about a kind of token that answers to JPKI's identifier. The next card becomes
 * a row when its commands are published.
 *
 * @param name stable name of the kind
 * @param label the label in its token information (file 0006)
 * @param certificateBehindPin the authentication certificate is readable only after its PIN
 * @param algorithms types of key it may have
 */
public record JpkiProfile(
    String name, String label, boolean certificateBehindPin, Set<SigningAlgorithm> algorithms) {

  /** The card issued since 2016. */
  public static final JpkiProfile CARD =
      new JpkiProfile("card", "JPKIAPICCTOKEN2", false, Set.of(SigningAlgorithm.RSA_2048));

  /** An Android phone's own key and certificate. */
  public static final JpkiProfile ANDROID =
      new JpkiProfile("android", "JPKIAPGPSETOKEN", true, Set.of(SigningAlgorithm.RSA_2048));

  /** An iPhone's own key and certificate. */
  public static final JpkiProfile IPHONE =
      new JpkiProfile("iphone", "JPKIAPIOSTOKEN", false, Set.of(SigningAlgorithm.RSA_2048));

  /** Every kind known today. The Juki card before 2016 (JPKIAPICCTOKEN) is none of them. */
  public static final List<JpkiProfile> KNOWN = List.of(CARD, ANDROID, IPHONE);

  public JpkiProfile {
    algorithms = Set.copyOf(algorithms);
  }
}
