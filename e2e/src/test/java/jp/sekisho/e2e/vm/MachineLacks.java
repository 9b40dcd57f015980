package jp.sekisho.e2e.vm;

/**
 * The machine lacks something that the message names: a program, a package, a right. Every tool of
 * ours says so by exit 3, and so does {@code ./dev demo}.
 */
public final class MachineLacks extends AssertionError {
  private static final long serialVersionUID = 1L;

  /** What every program of ours ends with then. */
  public static final int EXIT = 3;

  /**
   * @param what is missing, and what to do about it
   */
  public MachineLacks(String what) {
    super(what);
  }
}
