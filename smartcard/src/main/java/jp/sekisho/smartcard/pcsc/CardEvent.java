package jp.sekisho.smartcard.pcsc;

/** What the {@link CardWatcher} noticed. */
public sealed interface CardEvent {
  /**
   * A card is in the reader.
   *
   * @param eventCounter identifies this stay of the card while the service runs
   */
  record Inserted(String reader, int eventCounter) implements CardEvent {}

  /** The card that was in the reader is not there any more, or was out in between. */
  record Removed(String reader) implements CardEvent {}

  /** The card service does not answer; every card was reported removed before this. */
  record ServiceLost() implements CardEvent {}

  /** The card service answers again; cards present are reported after this. */
  record ServiceBack() implements CardEvent {}
}
