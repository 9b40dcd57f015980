package jp.sekisho.server.authn;

import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.event.PasskeyEvent;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.webauthn.Passkey;
import jp.sekisho.server.webauthn.Passkeys;

/**
 * Step 5 for a passkey: its row, read again in the unit that will record the answer, says that it
 * is in use, its counter went on, and the policy in force has passkeys among the login's factors. A
 * counter that went back is an alarm of its own and suspends the passkey: there may be two of it,
 * and nobody can tell which one answered.
 */
final class PasskeyRegistered implements Identified {
  private final PasskeySigned signed;
  private final Passkey passkey;
  private final Passkeys passkeys;

  private PasskeyRegistered(PasskeySigned signed, Passkey passkey, Passkeys passkeys) {
    this.signed = signed;
    this.passkey = passkey;
    this.passkeys = passkeys;
  }

  static Verdict<Identified> of(PasskeySigned signed, Change change, PasskeySigned.Desk desk) {
    Passkeys passkeys = desk.passkeys();
    return switch (passkeys.find(change.handle(), signed.assertion().credentialId())) {
      case Passkeys.Found.Absent() -> Verdict.refused(Refusal.PASSKEY_UNKNOWN);
      case Passkeys.Found.Tampered(String row) -> {
        change.record(Entry.Subject.NONE, new ServiceEvent.StateTampered(Passkeys.TABLE, row));
        yield Verdict.refused(Refusal.STATE_TAMPERED);
      }
      case Passkeys.Found.Sound(Passkey passkey) ->
          switch (passkey.state()) {
            case REVOKED -> Verdict.refused(Refusal.PASSKEY_UNKNOWN);
            case SUSPENDED -> Verdict.refused(Refusal.AUTHENTICATOR_SUSPENDED);
            case ACTIVE -> {
              if (!signed.assertion().counterAdvances(passkey)) {
                alarm(signed, change, passkey, passkeys);
                yield Verdict.refused(Refusal.PASSKEY_COUNTER);
              }
              yield desk.rules().isFactor(change.handle())
                  ? Verdict.passed(new PasskeyRegistered(signed, passkey, passkeys))
                  : Verdict.refused(Refusal.PASSKEY_POLICY);
            }
          };
    };
  }

  private static void alarm(
      PasskeySigned signed, Change change, Passkey passkey, Passkeys passkeys) {
    var terminal = signed.before().spoke().terminal();
    EntryReceipt entry =
        change.record(
            new Entry.Subject(terminal.organ(), passkey.person(), null, terminal.id(), null),
            new PasskeyEvent.CounterWentBack(
                passkey.id(), passkey.signCount(), signed.assertion().signCount()));
    passkeys.update(change, entry, passkey.doubted());
  }

  @Override
  public OriginAndTerminal before() {
    return signed.before();
  }

  @Override
  public String person() {
    return passkey.person();
  }

  @Override
  public Assurance assurance() {
    return passkey.assurance();
  }

  @Override
  public String authenticator() {
    return passkey.id();
  }

  @Override
  public LoginEvent.Succeeded succeeded() {
    return new LoginEvent.Succeeded(
        spoke().question().id(),
        spoke().question().purpose(),
        signed.assertion().signedHash(),
        Base64Url.encode(signed.assertion().signature()),
        passkey.id(),
        before().sameAddress(),
        LoginEvent.Succeeded.PASSKEY,
        passkey.assurance().text());
  }

  @Override
  public void used(Change change, EntryReceipt entry) {
    passkeys.update(change, entry, passkey.usedWith(signed.assertion().signCount(), change.now()));
  }
}
