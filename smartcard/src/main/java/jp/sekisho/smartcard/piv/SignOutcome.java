package jp.sekisho.smartcard.piv;

import java.util.OptionalInt;
import jp.sekisho.smartcard.CardFailure;

/** What came of a request to sign. */
public sealed interface SignOutcome {

  /**
   * Signed, and the signature verifies with the certificate's key.
   *
   * @param signature RSA: PKCS#1 v1.5 over SHA-256, as long as the modulus; P-256 over SHA-256 and
   *     P-384 over SHA-384: DER
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Signed(byte[] signature) implements SignOutcome {}

  /**
   * Not signed.
   *
   * @param triesLeft what the card said last about its PIN; empty when it could not be asked
   * @param detail for the log: never command bytes
   */
  record Refused(CardFailure failure, OptionalInt triesLeft, String detail)
      implements SignOutcome {}
}
