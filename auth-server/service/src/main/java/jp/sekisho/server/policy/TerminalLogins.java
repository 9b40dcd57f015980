package jp.sekisho.server.policy;

import java.util.Optional;
import jp.sekisho.policy.Decision;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.protocol.CardKind;

/** What the signed rules of one terminal say of logins there, at one moment. */
public interface TerminalLogins {
  /** Whether cards of this kind open anything there: staff cards, unless its rules say more. */
  default boolean allows(CardKind kind) {
    return kind == CardKind.STAFF_PIV;
  }

  /**
   * What they say of a login; empty only before the first import, when logins go on with the
   * service's own rules.
   */
  Optional<Decision> decide(LoginAttempt attempt);

  /** Rules in force, all layers together. */
  record Ruled(Policy rules, PolicyEvaluator evaluator) implements TerminalLogins {
    @Override
    public boolean allows(CardKind kind) {
      return rules.cardKinds().contains(kind);
    }

    @Override
    public Optional<Decision> decide(LoginAttempt attempt) {
      return Optional.of(evaluator.login(attempt));
    }
  }

  /** A part of the rules is over: a built-in rule decides, stricter than any policy. */
  record Lapsed() implements TerminalLogins {
    @Override
    public Optional<Decision> decide(LoginAttempt attempt) {
      return Optional.of(PolicyEvaluator.lapsed(attempt));
    }
  }

  /** Nothing was ever imported. */
  record Unruled() implements TerminalLogins {
    @Override
    public Optional<Decision> decide(LoginAttempt attempt) {
      return Optional.empty();
    }
  }
}
