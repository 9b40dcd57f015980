package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What the agent tells its own login page before any PIN: {@code GET
 * http://127.0.0.1:47621/v1/status}.
 *
 * @param terminal terminal id
 * @param state {@code pending}, {@code active} or {@code revoked}, as last heard from the service
 * @param problem what stands in the way now: NO_READER, NO_CARD, UNKNOWN_CARD, PIN_BLOCKED,
 *     CARD_SERVICE_DOWN, TERMINAL_PENDING, SERVER_UNREACHABLE …; null when a login can start
 * @param reader name of the staff reader; null without one
 * @param triesLeft PIN tries left; null when not known (a SHARED reader is not asked before the
 *     prompt is open)
 * @param export the granted medium the asking seat can read now; null without one
 * @param mediumProblem why a medium that is plugged in stays closed: USB_STORAGE without a grant,
 *     else what stands in a grant's way, such as MEDIUM_OTHER; null when none is
 */
public record LoopbackStatus(
    String terminal,
    String state,
    @Nullable Refusal problem,
    @Nullable String reader,
    @Nullable Integer triesLeft,
    @Nullable OpenExport export,
    @Nullable Refusal mediumProblem) {

  /** Without anything about media. */
  public LoopbackStatus(
      String terminal,
      String state,
      @Nullable Refusal problem,
      @Nullable String reader,
      @Nullable Integer triesLeft) {
    this(terminal, state, problem, reader, triesLeft, null, null);
  }
}
