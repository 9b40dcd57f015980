package jp.sekisho.protocol;

/**
 * The answer to {@link RelyingTerminalAsk}.
 *
 * @param realm as asked; the relying service compares it
 * @param session as asked; the relying service compares it
 * @param state {@link #ENFORCING}, or why not: {@code misconfigured}, {@code unmeasured}, {@code
 *     silent}, {@code revoked}, {@code pending}; {@code none} when no such session is open, or the
 *     browser is elsewhere than at its login
 */
public record RelyingTerminal(String realm, String session, String state) {
  /** Enrolled, confirmed, heard of, and its gates hold (有効) as it measured them. */
  public static final String ENFORCING = "enforcing";
}
