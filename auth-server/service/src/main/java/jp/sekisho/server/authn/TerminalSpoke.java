package jp.sekisho.server.authn;

import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.TerminalStatement;
import jp.sekisho.server.authn.Registers.ActiveTerminal;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.smartcard.verify.SignatureVerifier;

/**
 * Step 2a: a terminal of ours, confirmed and not revoked, signed exactly these bytes. From here on
 * a refusal has somebody to name and is an entry of its own.
 */
final class TerminalSpoke {
  private final Live live;
  private final ActiveTerminal terminal;
  private final TerminalStatement statement;

  private TerminalSpoke(Live live, ActiveTerminal terminal, TerminalStatement statement) {
    this.live = live;
    this.terminal = terminal;
    this.statement = statement;
  }

  static Verdict<TerminalSpoke> of(Live live, Transactions transactions, Registers registers) {
    Answer answer = live.answer();
    TerminalStatement statement;
    try {
      statement = TerminalStatement.parse(answer.terminalStatement());
    } catch (MalformedException e) {
      return Verdict.refused(Refusal.STATEMENT_INVALID);
    }
    Verdict<ActiveTerminal> known =
        transactions.read(handle -> registers.terminal(handle, statement.terminal()));
    return known.then(terminal ->
        SignatureVerifier.verifies(
                terminal.key(), answer.terminalStatement(), answer.terminalSignature())
            ? Verdict.passed(new TerminalSpoke(live, terminal, statement))
            : Verdict.refused(Refusal.SIGNATURE_INVALID));
  }

  OpenTransaction question() {
    return live.question();
  }

  Answer answer() {
    return live.answer();
  }

  ActiveTerminal terminal() {
    return terminal;
  }

  TerminalStatement statement() {
    return statement;
  }
}
