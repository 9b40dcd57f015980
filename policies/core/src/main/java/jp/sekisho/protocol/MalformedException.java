package jp.sekisho.protocol;

/**
 * Input that does not have the form its format demands.
 *
 * <p>The message names the rule that was broken and where, never the input itself: the input may
 * hold a secret.
 */
public final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedException(String rule) {
    super(rule);
  }
}
