package jp.sekisho.server.authn;

import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardAnswer;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.PasskeyAnswer;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.statement.TerminalStatement;
import jp.sekisho.server.webauthn.Assertion;
import org.jspecify.annotations.Nullable;

/** The bytes of a posted answer; nothing of them is believed yet. */
sealed interface Answer {
  /** What the terminal says it saw. */
  byte[] terminalStatement();

  /** Its device key's signature over that. */
  byte[] terminalSignature();

  /**
   * What the terminal's statement must say of the person's answer: its hash, or null where the
   * person answers the terminal's statement.
   */
  @Nullable String committed();

  /** A card's answer, which the terminal countersigned. */
  @SuppressWarnings(
      "ArrayRecordComponent") // never changed after reading; identity is not asked for
  record Card(
      byte[] statement,
      byte[] signature,
      byte[] certificate,
      byte[] terminalStatement,
      byte[] terminalSignature)
      implements Answer {
    @Override
    public String committed() {
      return TerminalStatement.answerHash(statement, signature);
    }

    /** The answer in a request's body; empty when it does not have the form of one. */
    static Optional<Answer> read(byte[] body) {
      try {
        CardAnswer wire = CardAnswer.parse(WireJson.read(body, PostedAnswer.class).answer());
        return Optional.of(
            new Card(
                Base64Url.decode(wire.statement()),
                Base64Url.decode(wire.signature()),
                Base64Url.decode(wire.certificate()),
                Base64Url.decode(wire.terminalStatement()),
                Base64Url.decode(wire.terminalSignature())));
      } catch (MalformedException e) {
        return Optional.empty();
      }
    }

    @Override
    public String toString() {
      return "Answer[***]";
    }
  }

  /** A passkey's answer to what the terminal said. */
  @SuppressWarnings(
      "ArrayRecordComponent") // never changed after reading; identity is not asked for
  record Passkey(Assertion assertion, byte[] terminalStatement, byte[] terminalSignature)
      implements Answer {
    @Override
    public @Nullable String committed() {
      return null;
    }

    /** What the passkey had to sign. */
    String challenge() {
      return TerminalStatement.challenge(terminalStatement, terminalSignature);
    }

    /** What stands in a request's body. */
    sealed interface Posted {
      /** An answer that a terminal vouches for, as it says. */
      record Vouched(Answer answer) implements Posted {}

      /** One without a terminal. */
      record NoTerminal() implements Posted {}

      /** Nothing of its form. */
      record Malformed() implements Posted {}
    }

    static Posted read(byte[] body) {
      try {
        PasskeyAnswer wire = WireJson.read(body, PasskeyAnswer.class);
        Assertion assertion =
            new Assertion(
                Base64Url.decode(wire.id()),
                Base64Url.decode(wire.authenticatorData()),
                Base64Url.decode(wire.clientDataJson()),
                Base64Url.decode(wire.signature()),
                Base64Url.decode(wire.userHandle()));
        String statement = wire.terminalStatement();
        String signature = wire.terminalSignature();
        return statement == null || signature == null
            ? new Posted.NoTerminal()
            : new Posted.Vouched(
                new Passkey(assertion, Base64Url.decode(statement), Base64Url.decode(signature)));
      } catch (MalformedException e) {
        return new Posted.Malformed();
      }
    }

    @Override
    public String toString() {
      return "Answer[***]";
    }
  }
}
