package jp.sekisho.agent.login;

import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.jpki.JpkiCard;
import jp.sekisho.smartcard.jpki.JpkiPin;
import jp.sekisho.smartcard.jpki.JpkiReading;
import jp.sekisho.smartcard.jpki.LoginRequest;
import jp.sekisho.smartcard.piv.PinRequest;
import jp.sekisho.smartcard.piv.SignOutcome;
import org.jspecify.annotations.Nullable;

/** A My Number card or phone by its user-authentication key; its signature key is never used. */
record JpkiLogin(CardChannel channel, JpkiCard card) implements LoginCard {
  JpkiLogin(CardChannel channel) {
    this(channel, new JpkiCard(channel));
  }

  @Override
  public CardKind kind() {
    return CardKind.JPKI;
  }

  @Override
  public Reading read() {
    JpkiReading reading = card.read();
    if (reading instanceof JpkiReading.Refused no) {
      return new Reading.No(CardRefusals.of(no.failure()));
    }
    if (reading instanceof JpkiReading.CertificateBehindPin hidden) {
      return new Reading.Present(Optional.empty(), OptionalInt.of(hidden.triesLeft()));
    }
    JpkiReading.Present present = (JpkiReading.Present) reading;
    return new Reading.Present(
        Optional.of(present.certificate()), OptionalInt.of(present.triesLeft()));
  }

  @Override
  public Signing sign(
      Reading.Present read, char[] typed, PinRequest.Content content, boolean lastTry) {
    Optional<JpkiPin.Authentication> digits = JpkiPin.authentication(typed);
    if (digits.isEmpty()) {
      return new Signing.No(Refusal.PIN_FORMAT, read.tries());
    }
    // Some tokens show the certificate only here.
    AtomicReference<@Nullable X509Certificate> shown = new AtomicReference<>();
    try (JpkiPin.Authentication pin = digits.get()) {
      SignOutcome outcome =
          card.sign(
              new LoginRequest(
                  read.certificate().map(Fingerprint::of),
                  pin,
                  certificate -> {
                    shown.set(certificate);
                    return content.of(certificate);
                  },
                  lastTry));
      if (outcome instanceof SignOutcome.Refused no) {
        return PivLogin.refused(no);
      }
      X509Certificate certificate = shown.get();
      return certificate == null
          ? new Signing.No(Refusal.CARD_FAILED, OptionalInt.empty())
          : new Signing.Done(certificate, ((SignOutcome.Signed) outcome).signature());
    }
  }

  @Override
  public void close() {
    channel.close();
  }
}
