package jp.sekisho.smartcard;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import jp.sekisho.smartcard.pcsc.CardEvent;
import jp.sekisho.smartcard.pcsc.CardWatcher;
import jp.sekisho.smartcard.pcsc.ReaderRoles;

/** What a watcher of all readers reports. */
final class CardEvents implements AutoCloseable {
  private static final ReaderRoles ALL =
      new ReaderRoles(List.of(ReaderRoles.Rule.parse("*=staff")));

  private final BlockingQueue<CardEvent> queue = new LinkedBlockingQueue<>();
  private final CardWatcher watcher = CardWatcher.start(ALL, queue::add);

  /** Whether a card is in the reader as far as pcscd knows. */
  static boolean present(String reader) throws InterruptedException {
    try (CardEvents events = new CardEvents()) {
      return events.within(
          Duration.ofSeconds(1),
          event -> event instanceof CardEvent.Inserted in && in.reader().equals(reader));
    }
  }

  /** The next event; fails after the limit. */
  CardEvent next(Duration limit) throws InterruptedException {
    CardEvent event = queue.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    if (event == null) {
      throw new AssertionError("no card event within " + limit);
    }
    return event;
  }

  private boolean within(Duration limit, Predicate<CardEvent> wanted) throws InterruptedException {
    for (CardEvent event = queue.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        event != null;
        event = queue.poll(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      if (wanted.test(event)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    watcher.close();
  }
}
