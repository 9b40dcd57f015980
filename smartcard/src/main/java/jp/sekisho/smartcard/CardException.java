package jp.sekisho.smartcard;

import java.util.Objects;

/**
 * The transport or the card failed below the level of an answer. Carries the reason as a value;
 * public operations of {@code piv} turn it into an outcome. The detail never holds command bytes.
 */
public final class CardException extends Exception {
  private static final long serialVersionUID = 1L;

  private final CardFailure failure;

  public CardException(CardFailure failure, String detail) {
    super(failure + ": " + detail);
    this.failure = Objects.requireNonNull(failure);
  }

  public CardFailure failure() {
    return failure;
  }
}
