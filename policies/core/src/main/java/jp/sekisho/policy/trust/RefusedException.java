package jp.sekisho.policy.trust;

import jp.sekisho.protocol.Refusal;

/** A refusal on its way out of this package's checks; never leaves the package. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;
  private final Refusal reason;
  private final String what;

  RefusedException(Refusal reason, String what) {
    super(what);
    this.reason = reason;
    this.what = what;
  }

  Refusal reason() {
    return reason;
  }

  String what() {
    return what;
  }
}
