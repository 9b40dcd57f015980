package jp.sekisho.protocol;

/**
 * The page's answer to its transaction: {@code POST /authn/v1/transactions/<id>/answer}.
 *
 * @param answer the opaque string of a {@link CardAnswer}
 */
public record PostedAnswer(String answer) {}
