package jp.sekisho.server.authn;

import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardAnswer;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.WireJson;

/** The bytes of a posted answer; nothing of them is believed yet. */
@SuppressWarnings("ArrayRecordComponent") // never changed after reading; identity is not asked for
record Answer(
    byte[] statement,
    byte[] signature,
    byte[] certificate,
    byte[] terminalStatement,
    byte[] terminalSignature) {

  /** The answer in a request's body; empty when it does not have the form of one. */
  static Optional<Answer> read(byte[] body) {
    try {
      CardAnswer wire = CardAnswer.parse(WireJson.read(body, PostedAnswer.class).answer());
      return Optional.of(
          new Answer(
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
