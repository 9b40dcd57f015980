package jp.sekisho.smartcard.piv;

import jp.sekisho.smartcard.Fingerprint;

/**
 * What to sign, with which card.
 *
 * @param expected the certificate read before the PIN was asked; another card is refused
 * @param pin closed by the caller
 * @param toBeSigned opaque bytes; hashed here as the key demands
 * @param lastTryConfirmed the user was told that one try is left and wants to use it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SignRequest(
    Fingerprint expected, Pin pin, byte[] toBeSigned, boolean lastTryConfirmed) {
  public SignRequest {
    toBeSigned = toBeSigned.clone();
  }
}
