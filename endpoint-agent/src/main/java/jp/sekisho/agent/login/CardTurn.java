package jp.sekisho.agent.login;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardAnswer;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.TerminalStatement;

/** The part of a login that has a card: read, PIN, sign, record, countersign, bind. */
final class CardTurn {
  private final LoginFlow.Self self;
  private final CardSigning signing;
  private final Predicate<Stay> reserved;
  private final Spool spool;
  private final Bindings bindings;
  private final Supplier<Instant> serverTime;

  CardTurn(
      LoginFlow.Self self,
      CardSigning signing,
      Predicate<Stay> reserved,
      Spool spool,
      Bindings bindings,
      Supplier<Instant> serverTime) {
    this.self = self;
    this.signing = signing;
    this.reserved = reserved;
    this.spool = spool;
    this.bindings = bindings;
    this.serverTime = serverTime;
  }

  /** The people and things of one turn. */
  private record Scene(Seat seat, Question question, Stay stay, BooleanSupplier takeOnce) {
    Refused refused(Refusal reason) {
      return new Refused(reason, OptionalInt.empty(), stay.reader());
    }
  }

  /**
   * @param takeOnce claims the transaction for its one co-signature; false when it was claimed
   */
  Turn run(Seat seat, Question question, Stay stay, boolean lastTry, BooleanSupplier takeOnce) {
    Scene scene = new Scene(seat, question, stay, takeOnce);
    if (reserved.test(stay)) {
      return scene.refused(Refusal.CARD_BUSY);
    }
    return signing
        .sign(
            new CardSigning.Wish(
                seat,
                stay,
                question.purpose().text(),
                question.details().text(),
                () -> timeLeft(question),
                certificate -> statement(scene, certificate).map(CardStatement::bytes),
                lastTry))
        .fold(signed -> answered(scene, signed), refused -> refused);
  }

  private Duration timeLeft(Question question) {
    return Duration.between(serverTime.get(), question.expires());
  }

  private Turn answered(Scene scene, CardSigning.Outcome.Signed signed) {
    return statement(scene, signed.done().certificate())
        .map(statement -> coSign(scene, signed.kind(), statement, signed.done()))
        .orElseGet(() -> scene.refused(Refusal.STATEMENT_INVALID));
  }

  /** What the card is asked to sign; empty where a field of the details fits no statement. */
  private Optional<CardStatement> statement(Scene scene, X509Certificate certificate) {
    try {
      return Optional.of(scene.question().statement(self.terminal(), certificate.getEncoded()));
    } catch (IllegalArgumentException | CertificateEncodingException e) {
      return Optional.empty();
    }
  }

  private Turn coSign(
      Scene scene, CardKind kind, CardStatement statement, LoginCard.Signing.Done signed) {
    byte[] certificate;
    try {
      certificate = signed.certificate().getEncoded();
    } catch (CertificateEncodingException e) {
      return scene.refused(Refusal.CARD_FAILED);
    }
    byte[] signature = signed.signature();
    // The card's signature was verified with this key before it was handed over.
    String spki = Sha256.text(signed.certificate().getPublicKey().getEncoded());
    String transaction = statement.transaction();
    if (timeLeft(scene.question()).isNegative()) {
      return scene.refused(Refusal.TRANSACTION_EXPIRED);
    }
    // A window that was open already when the card was put to its other use.
    if (reserved.test(scene.stay())) {
      return scene.refused(Refusal.CARD_BUSY);
    }
    if (spool.room() == Room.GONE) {
      return scene.refused(Refusal.RECORDS_FULL);
    }
    if (!scene.takeOnce().getAsBoolean()) {
      return scene.refused(Refusal.TRANSACTION_USED);
    }
    byte[] terminal = TerminalStatement.over(statement, signature, self.boot(), kind).bytes();
    CardAnswer answer =
        new CardAnswer(
            Base64Url.encode(statement.bytes()),
            Base64Url.encode(signature),
            Base64Url.encode(certificate),
            Base64Url.encode(terminal),
            Base64Url.encode(self.key().sign(terminal)));
    try {
      spool.append(new AgentEvent.Answered(transaction, statement.purpose().text()));
    } catch (SpoolException e) {
      return scene.refused(Refusal.RECORDS_FULL);
    }
    // From here a removal is recorded; before, the answer must not leave.
    Optional<Refusal> gone = bindings.bind(scene.seat(), transaction, scene.stay(), spki);
    return gone.isEmpty() ? new Turn.Answered(answer.opaque()) : scene.refused(gone.get());
  }
}
