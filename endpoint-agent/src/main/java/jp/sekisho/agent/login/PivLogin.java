package jp.sekisho.agent.login;

import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PinRequest;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;
import jp.sekisho.smartcard.piv.SignRequest;

/** A staff card (職員証) by its PIV application. */
record PivLogin(CardChannel channel, PivCard card) implements LoginCard {
  PivLogin(CardChannel channel) {
    this(channel, new PivCard(channel));
  }

  @Override
  public CardKind kind() {
    return CardKind.STAFF_PIV;
  }

  @Override
  public Reading read() {
    CardReading reading = card.read();
    if (reading instanceof CardReading.Refused no) {
      return new Reading.No(CardRefusals.of(no.failure()));
    }
    CardReading.Present present = (CardReading.Present) reading;
    return new Reading.Present(
        Optional.of(present.certificate()), OptionalInt.of(present.triesLeft()));
  }

  @Override
  public Signing sign(
      Reading.Present read, char[] typed, PinRequest.Content content, boolean lastTry) {
    X509Certificate certificate = read.certificate().orElseThrow();
    Optional<Pin> digits = Pin.of(typed);
    if (digits.isEmpty()) {
      return new Signing.No(Refusal.PIN_FORMAT, read.tries());
    }
    try (Pin pin = digits.get()) {
      Optional<byte[]> bytes = content.of(certificate);
      return bytes.isEmpty()
          ? new Signing.No(Refusal.STATEMENT_INVALID, OptionalInt.empty())
          : outcome(
              certificate,
              card.sign(new SignRequest(Fingerprint.of(certificate), pin, bytes.get(), lastTry)));
    }
  }

  @Override
  public boolean takesPinOnKeys() {
    try {
      return channel.pinKeys().isPresent();
    } catch (CardException e) {
      // A card that left says so at the next command; an odd driver has no keys.
      return false;
    }
  }

  @Override
  public Signing signOnKeys(
      Reading.Present read, Locale locale, PinRequest.Content content, boolean lastTry) {
    X509Certificate certificate = read.certificate().orElseThrow();
    Optional<byte[]> bytes = content.of(certificate);
    return bytes.isEmpty()
        ? new Signing.No(Refusal.STATEMENT_INVALID, OptionalInt.empty())
        : outcome(
            certificate,
            card.signOnKeys(Fingerprint.of(certificate), bytes.get(), locale, lastTry));
  }

  private static Signing outcome(X509Certificate certificate, SignOutcome outcome) {
    return outcome instanceof SignOutcome.Signed signed
        ? new Signing.Done(certificate, signed.signature())
        : refused((SignOutcome.Refused) outcome);
  }

  static Signing.No refused(SignOutcome.Refused no) {
    return new Signing.No(CardRefusals.of(no.failure()), no.triesLeft());
  }

  @Override
  public void close() {
    channel.close();
  }
}
