package jp.sekisho.server.authn;

import java.util.Objects;
import java.util.Set;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.TerminalStatement;

/**
 * Step 2b: the terminal that signed is the one that fetched this very question, over this very
 * answer, for a page of ours, from where the browser is.
 */
final class OriginAndTerminal {
  private final TerminalSpoke spoke;
  private final boolean sameAddress;

  private OriginAndTerminal(TerminalSpoke spoke, boolean sameAddress) {
    this.spoke = spoke;
    this.sameAddress = sameAddress;
  }

  /** {@code origins}: the configured ones. */
  static Verdict<OriginAndTerminal> of(
      TerminalSpoke spoke, Set<String> origins, AddressMatch match) {
    OpenTransaction question = spoke.question();
    TerminalStatement said = spoke.statement();
    String fetchedFrom = question.fetchedFrom();
    if (fetchedFrom == null || !spoke.terminal().id().equals(question.terminal())) {
      return Verdict.refused(Refusal.TRANSACTION_BOUND);
    }
    // A relying service's origin came from its sealed row when it asked, seconds ago. It may ask
    // for a card; a passkey is of our own pages, for which it asks there too (ADR 0028).
    boolean listed =
        origins.contains(said.origin())
            || (question.relying() != null && spoke.answer() instanceof Answer.Card);
    if (!said.origin().equals(question.origin()) || !listed) {
      return Verdict.refused(Refusal.ORIGIN_FOREIGN);
    }
    if (!said.transaction().equals(question.id())
        || !said.nonce().equals(question.nonce())
        || said.purpose() != question.purpose()
        || !Objects.equals(said.answer(), spoke.answer().committed())) {
      return Verdict.refused(Refusal.STATEMENT_INVALID);
    }
    boolean same = fetchedFrom.equals(question.source());
    return same || match == AddressMatch.FLAG
        ? Verdict.passed(new OriginAndTerminal(spoke, same))
        : Verdict.refused(Refusal.ADDRESS_MISMATCH);
  }

  TerminalSpoke spoke() {
    return spoke;
  }

  boolean sameAddress() {
    return sameAddress;
  }
}
