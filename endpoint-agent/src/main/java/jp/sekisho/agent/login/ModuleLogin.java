package jp.sekisho.agent.login;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.piv.PinRequest;
import jp.sekisho.smartcard.pkcs11.Pkcs11Card;
import jp.sekisho.smartcard.pkcs11.Pkcs11Outcome;

/**
 * A card through a vendor's PKCS#11 module, which runs in a process of its own and sees the PIN.
 * Modules may leave the PIN verified; so the card is reset after each signature, and a card that
 * cannot be reset has not answered.
 */
record ModuleLogin(Pkcs11Card token, Reset card) implements LoginCard {
  /** Connects the card past the module. */
  interface Reset {
    CardChannel connect() throws CardException;
  }

  @Override
  public CardKind kind() {
    return CardKind.PKCS11;
  }

  @Override
  public Reading read() {
    Pkcs11Outcome outcome = token.read();
    if (!(outcome instanceof Pkcs11Outcome.Present present)) {
      return new Reading.No(reason(outcome));
    }
    List<X509Certificate> signing = present.signing();
    if (signing.size() != 1) {
      // Whose, nobody could say.
      return new Reading.No(signing.isEmpty() ? Refusal.UNKNOWN_CARD : Refusal.CERT_USAGE);
    }
    return new Reading.Present(
        Optional.of(signing.get(0)),
        switch (present.pinHint()) {
          case BLOCKED -> OptionalInt.of(0);
          case LAST -> OptionalInt.of(1);
          case FEW, UNKNOWN -> OptionalInt.empty();
        });
  }

  private static Refusal reason(Pkcs11Outcome outcome) {
    // Several tokens of one name: the administrator must say which.
    return outcome instanceof Pkcs11Outcome.Refused no
        ? CardRefusals.of(no.failure())
        : Refusal.CARD_FAILED;
  }

  @Override
  public Signing sign(
      Reading.Present read, char[] typed, PinRequest.Content content, boolean lastTry) {
    X509Certificate certificate = read.certificate().orElseThrow();
    Optional<byte[]> bytes = content.of(certificate);
    if (bytes.isEmpty()) {
      return new Signing.No(Refusal.STATEMENT_INVALID, OptionalInt.empty());
    }
    Pkcs11Outcome outcome = token.sign(Fingerprint.of(certificate), typed, bytes.get(), lastTry);
    Optional<Refusal> kept = reset();
    if (kept.isPresent()) {
      return new Signing.No(kept.get(), OptionalInt.empty());
    }
    return outcome instanceof Pkcs11Outcome.Signed signed
        ? new Signing.Done(certificate, signed.signature())
        : new Signing.No(reason(outcome), OptionalInt.empty());
  }

  private Optional<Refusal> reset() {
    try (CardChannel channel = card.connect()) {
      channel.begin();
      channel.endAndReset();
      return Optional.empty();
    } catch (CardException e) {
      return Optional.of(CardRefusals.of(e.failure()));
    }
  }

  @Override
  public void close() {
    // Nothing is held between two calls.
  }
}
