package jp.sekisho.agent.export;

import java.io.IOException;
import jp.sekisho.protocol.Refusal;

/** A file or a part of one was not written; caught where the export ends, which answers it. */
public final class NotExported extends IOException {
  private static final long serialVersionUID = 1L;

  private final Refusal reason;

  /** Because of {@code reason}. */
  public NotExported(Refusal reason) {
    super(reason.name());
    this.reason = reason;
  }

  /** Because of {@code reason}, which {@code cause} led to. */
  public NotExported(Refusal reason, Throwable cause) {
    super(reason.name(), cause);
    this.reason = reason;
  }

  /** Why. */
  public Refusal reason() {
    return reason;
  }
}
