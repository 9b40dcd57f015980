package jp.sekisho.smartcard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.smartcard.pcsc.CardEvent;
import jp.sekisho.smartcard.pcsc.CardWatcher;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.VirtualCard;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cards coming and going, and the service too. */
@Tag("pcsc")
class CardWatcherIT {
  private static final Duration REMOVAL = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void removalIsSeenWithinTwoSecondsQuickExchangeCountsAndARestartIsSurvived(
      @TempDir Path directory) throws Exception {
    try (PcscService service = PcscService.start();
        VirtualCard card = service.card(0, directory.resolve("card"), "--removed");
        CardEvents events = new CardEvents()) {
      card.insert();
      assertInserted(events.next(PATIENCE));

      card.remove();
      assertEquals(new CardEvent.Removed(PcscService.READER_0), events.next(REMOVAL));

      card.insert();
      assertInserted(events.next(PATIENCE));
      card.swap(directory.resolve("other"));
      assertEquals(new CardEvent.Removed(PcscService.READER_0), events.next(PATIENCE));
      assertInserted(events.next(PATIENCE));

      service.stop();
      assertEquals(new CardEvent.Removed(PcscService.READER_0), events.next(REMOVAL));
      assertEquals(new CardEvent.ServiceLost(), events.next(REMOVAL));
      service.resume();
      assertEquals(new CardEvent.ServiceBack(), events.next(Duration.ofSeconds(1)));
      assertInserted(events.next(PATIENCE));
    }
  }

  @Test
  void aWatcherOfNoReaderReportsNothingAndStopsAtOnce(@TempDir Path directory) throws Exception {
    try (PcscService service = PcscService.start();
        VirtualCard card = service.card(0, directory.resolve("card"));
        CardEvents others = new CardEvents()) {
      AtomicInteger seen = new AtomicInteger();
      CardWatcher watcher = CardWatcher.start(ReaderRoles.none(), event -> seen.incrementAndGet());
      assertInserted(others.next(PATIENCE));
      long start = System.nanoTime();
      watcher.close();
      assertTrue(System.nanoTime() - start < Duration.ofSeconds(1).toNanos());
      assertEquals(0, seen.get());
      card.remove();
      assertEquals(new CardEvent.Removed(PcscService.READER_0), others.next(REMOVAL));
    }
  }

  private static void assertInserted(CardEvent event) {
    assertEquals(PcscService.READER_0, assertInstanceOf(CardEvent.Inserted.class, event).reader());
  }
}
