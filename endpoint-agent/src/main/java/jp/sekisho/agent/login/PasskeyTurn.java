package jp.sekisho.agent.login;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import jp.sekisho.agent.loopback.VouchResult;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.TerminalVoucher;
import jp.sekisho.protocol.TransactionDetails;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.protocol.statement.TerminalStatement;

/**
 * The terminal's part of a passkey login: it says that it fetched this question for its own seat,
 * before the passkey answers, and the passkey then signs the hash of what was said (ADR 0014). No
 * card, no PIN, nothing to wait for.
 *
 * <p>What it does not say is that the passkey is near: only the browser knows. A program of the
 * seat's own user can ask for as many as {@value #PER_MINUTE} a minute; each is a record.
 * Thread-safe.
 */
final class PasskeyTurn {
  /** Many times what a person needs, too few to fill the spool with. */
  static final int PER_MINUTE = 20;

  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final LoginFlow.Self self;
  private final Spool spool;
  private final Bindings bindings;
  private final Supplier<Instant> serverTime;
  private final Deque<Instant> given = new ArrayDeque<>(); // guarded by itself, oldest first

  PasskeyTurn(LoginFlow.Self self, Spool spool, Bindings bindings, Supplier<Instant> serverTime) {
    this.self = self;
    this.spool = spool;
    this.bindings = bindings;
    this.serverTime = serverTime;
  }

  /**
   * @param takeOnce claims the transaction for its one signature; false when it was claimed
   * @param refused what a refusal comes to
   */
  VouchResult run(
      Seat seat,
      Question question,
      BooleanSupplier takeOnce,
      Function<Refused, VouchResult> refused) {
    Instant now = serverTime.get();
    if (question.purpose() == Purpose.APPROVE) {
      return refused.apply(Refused.of(Refusal.STATEMENT_INVALID));
    }
    if (now.isAfter(question.expires())) {
      return refused.apply(Refused.of(Refusal.TRANSACTION_EXPIRED));
    }
    if (spool.room() == Room.GONE) {
      return refused.apply(Refused.of(Refusal.RECORDS_FULL));
    }
    if (!mayGive(now)) {
      return refused.apply(Refused.of(Refusal.TOO_MANY));
    }
    TransactionDetails details = question.details();
    byte[] statement;
    try {
      statement =
          new TerminalStatement(
                  details.origin(),
                  details.transaction(),
                  details.nonce(),
                  question.purpose(),
                  self.terminal(),
                  self.boot(),
                  null,
                  null)
              .bytes();
    } catch (IllegalArgumentException e) {
      // A field of the details that no statement may hold.
      return refused.apply(Refused.of(Refusal.STATEMENT_INVALID));
    }
    if (!takeOnce.getAsBoolean()) {
      return refused.apply(Refused.of(Refusal.TRANSACTION_USED));
    }
    byte[] signature = self.key().sign(statement);
    try {
      spool.append(new AgentEvent.Vouched(details.transaction(), question.purpose().text()));
    } catch (SpoolException e) {
      return refused.apply(Refused.of(Refusal.RECORDS_FULL));
    }
    // From here the loss of the seat is recorded; before, the voucher must not leave.
    Optional<Refusal> gone = bindings.bind(seat, details.transaction());
    return gone.isPresent()
        ? refused.apply(Refused.of(gone.get()))
        : new VouchResult.Vouched(
            new TerminalVoucher(
                Base64Url.encode(statement),
                Base64Url.encode(signature),
                TerminalStatement.challenge(statement, signature)));
  }

  private boolean mayGive(Instant now) {
    synchronized (given) {
      Instant oldest = given.peekFirst();
      while (oldest != null && !oldest.plus(WINDOW).isAfter(now)) {
        given.removeFirst();
        oldest = given.peekFirst();
      }
      if (given.size() >= PER_MINUTE) {
        return false;
      }
      given.addLast(now);
      return true;
    }
  }
}
