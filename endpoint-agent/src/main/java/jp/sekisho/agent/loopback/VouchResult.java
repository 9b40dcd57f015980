package jp.sekisho.agent.loopback;

import java.util.function.Function;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.TerminalVoucher;

/** Whether this terminal vouches for a transaction that a passkey is going to answer. */
public sealed interface VouchResult {

  /** It does: recorded, and the seat is watched from here on. */
  record Vouched(TerminalVoucher voucher) implements VouchResult {
    @Override
    public <R> R match(Function<? super Vouched, R> vouched, Function<? super Refused, R> refused) {
      return vouched.apply(this);
    }
  }

  /** It does not. */
  record Refused(Refusal reason) implements VouchResult {
    @Override
    public <R> R match(Function<? super Vouched, R> vouched, Function<? super Refused, R> refused) {
      return refused.apply(this);
    }
  }

  /** Handles both cases. */
  <R> R match(Function<? super Vouched, R> vouched, Function<? super Refused, R> refused);
}
