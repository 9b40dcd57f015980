package jp.sekisho.server.authn;

import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.webauthn.AssertionProved;
import jp.sekisho.server.webauthn.Passkey;
import jp.sekisho.server.webauthn.PasskeyRules;
import jp.sekisho.server.webauthn.Passkeys;
import jp.sekisho.server.webauthn.RelyingPlace;

/**
 * Steps 3 and 4 for a passkey: a key that is registered here signed the hash of what the terminal
 * said and signed about this very question, after its authenticator verified the holder; and its
 * model is still on the list.
 */
final class PasskeySigned {
  private final OriginAndTerminal before;
  private final AssertionProved assertion;
  private final String holder;

  private PasskeySigned(OriginAndTerminal before, AssertionProved assertion, String holder) {
    this.before = before;
    this.assertion = assertion;
    this.holder = holder;
  }

  /** Where passkeys are looked up and judged. */
  record Desk(
      Transactions transactions,
      Passkeys passkeys,
      RelyingPlace place,
      PasskeyRules rules,
      TamperedRows tampered) {}

  static Verdict<PasskeySigned> of(OriginAndTerminal before, Answer.Passkey given, Desk desk) {
    if (before.spoke().question().matter() != null) {
      return Verdict.refused(Refusal.STATEMENT_INVALID); // only a card approves
    }
    byte[] id = given.assertion().credentialId();
    Passkeys.Found found = desk.transactions().read(handle -> desk.passkeys().find(handle, id));
    return switch (found) {
      case Passkeys.Found.Absent() -> Verdict.refused(Refusal.PASSKEY_UNKNOWN);
      case Passkeys.Found.Tampered(String row) -> {
        desk.tampered().report(Passkeys.TABLE, row);
        yield Verdict.refused(Refusal.STATE_TAMPERED);
      }
      case Passkeys.Found.Sound(Passkey passkey) ->
          switch (AssertionProved.of(given.assertion(), passkey, given.challenge(), desk.place())) {
            case AssertionProved.Outcome.Failed _ -> Verdict.refused(Refusal.PASSKEY_INVALID);
            case AssertionProved.Outcome.Proved(AssertionProved proof) ->
                desk.rules().isListed(passkey)
                    ? Verdict.passed(new PasskeySigned(before, proof, passkey.person()))
                    : Verdict.refused(Refusal.PASSKEY_MODEL);
          };
    };
  }

  OriginAndTerminal before() {
    return before;
  }

  AssertionProved assertion() {
    return assertion;
  }

  /** Staff number of the holder, by the row as it was before the unit that judges. */
  String holder() {
    return holder;
  }
}
