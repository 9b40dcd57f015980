package jp.sekisho.smartcard.jpki;

import java.util.Optional;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.piv.PinRequest;

/**
 * What to sign for a login, with which token.
 *
 * @param expected the certificate read before the PIN was asked, another token is refused; empty
 *     only after {@link JpkiReading.CertificateBehindPin}
 * @param pin closed by the caller
 * @param toBeSigned the bytes, given the certificate: login statements name it, and some tokens
 *     show it only after the PIN
 * @param lastTryConfirmed the user was told that one try is left and wants to use it
 */
public record LoginRequest(
    Optional<Fingerprint> expected,
    JpkiPin.Authentication pin,
    PinRequest.Content toBeSigned,
    boolean lastTryConfirmed) {}
