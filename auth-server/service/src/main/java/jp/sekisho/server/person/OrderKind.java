package jp.sekisho.server.person;

import java.util.Locale;
import java.util.Optional;

/**
 * What a row of a personnel file orders (発令区分); the Japanese words are accepted as well. On one day
 * they take effect in this order.
 */
enum OrderKind {
  /**
   * 採用・異動: from its first day on this post and these roles in place of all that the person held.
   */
  ASSIGN,
  /** 任期更新: the post and its roles go on without a gap until a later day. */
  RENEW,
  /** 併任: a further post, with its roles, beside the others. */
  CONCURRENT,
  /** 退職・併任解除: the named post, or with none named everything, ends with a last day. */
  END;

  static Optional<OrderKind> parse(String text) {
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "ASSIGN", "採用", "異動", "任用" -> Optional.of(ASSIGN);
      case "CONCURRENT", "併任" -> Optional.of(CONCURRENT);
      case "RENEW", "任期更新", "更新" -> Optional.of(RENEW);
      case "END", "退職", "解除", "併任解除", "任期満了" -> Optional.of(END);
      default -> Optional.empty();
    };
  }
}
