package jp.sekisho.agent.enforce.clipboard;

/** Tells the person at the screen what became of a paste. Returns at once. */
@FunctionalInterface
public interface Notices {
  /** Nobody is told. */
  Notices NONE = (crossing, answer) -> {};

  /** It was refused, or it went and is in the log with a warning. */
  void tell(Crossing crossing, Answer answer);
}
