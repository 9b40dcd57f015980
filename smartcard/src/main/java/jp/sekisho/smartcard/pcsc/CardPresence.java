package jp.sekisho.smartcard.pcsc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which readers hold a card, and what changed. A card that was out and in again between two looks
 * is known by the service's event counter. One thread at a time.
 */
final class CardPresence {
  /** Reader to the event counter of the card's insertion. */
  private final Map<String, Integer> present = new TreeMap<>();

  /** What a reader's new state means. */
  List<CardEvent> seen(ReaderState state) {
    List<CardEvent> events = new ArrayList<>();
    String reader = state.reader();
    Integer counter = present.get(reader);
    boolean there = state.isPresent() && !state.isGone();
    if (counter != null && (!there || counter != state.eventCounter())) {
      present.remove(reader);
      events.add(new CardEvent.Removed(reader));
    }
    if (there && !present.containsKey(reader)) {
      present.put(reader, state.eventCounter());
      events.add(new CardEvent.Inserted(reader, state.eventCounter()));
    }
    return events;
  }

  /** Every other reader is gone, and its card with it. */
  List<CardEvent> onlyIn(Collection<String> readers) {
    List<CardEvent> events = new ArrayList<>();
    for (String reader : List.copyOf(present.keySet())) {
      if (!readers.contains(reader)) {
        present.remove(reader);
        events.add(new CardEvent.Removed(reader));
      }
    }
    return events;
  }
}
