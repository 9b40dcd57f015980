package jp.sekisho.audit.cli;

/** Options of a command that do not go together, or one that is not of its form. */
final class OptionsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * @param options as they are typed
   */
  OptionsException(String options) {
    super(options);
  }
}
