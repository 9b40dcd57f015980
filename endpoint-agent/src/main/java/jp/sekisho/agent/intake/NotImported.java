package jp.sekisho.agent.intake;

import java.io.IOException;
import jp.sekisho.protocol.Refusal;

/** An import ends, or a file of it stays out; caught where that is answered. */
public final class NotImported extends IOException {
  private static final long serialVersionUID = 1L;

  private final Refusal reason;

  /** Because of {@code reason}. */
  public NotImported(Refusal reason) {
    super(reason.name());
    this.reason = reason;
  }

  /** Because of {@code reason}, which {@code cause} led to. */
  public NotImported(Refusal reason, Throwable cause) {
    super(reason.name(), cause);
    this.reason = reason;
  }

  /** Why. */
  public Refusal reason() {
    return reason;
  }
}
