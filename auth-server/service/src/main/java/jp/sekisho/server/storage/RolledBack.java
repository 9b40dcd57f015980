package jp.sekisho.server.storage;

import org.jspecify.annotations.Nullable;

/** Carries the result of a unit that declared itself unchanged out of its rollback. */
final class RolledBack extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Object result;

  RolledBack(@Nullable Object result) {
    super(null, null, false, false);
    this.result = result;
  }

  @Nullable Object result() {
    return result;
  }
}
