package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Once a day by the service's clock. */
class RetentionKeeperTest {
  private final List<String> pruned = new ArrayList<>();
  private boolean failing;

  private long prune(String log) {
    pruned.add(log);
    if (failing) {
      throw new IllegalStateException("the disk is full");
    }
    return 1;
  }

  @TempDir Path directory;

  @Test
  void whatWasTamperedWithIsAnEntryOnceAnHourAndNothingIsDeleted() {
    SettableClock clock = new SettableClock(Instant.parse("2026-11-21T10:00:00Z"));
    try (OpenStorage storage = OpenStorage.sqlite(directory, clock);
        RetentionKeeper keeper =
            new RetentionKeeper(
                log -> {
                  throw new TamperedException("audit_log_state", log + "@1");
                },
                new TamperedRows(storage.transactions),
                Set.of("mayor"),
                clock)) {
      keeper.look();
      keeper.look();
      storage.logs.integrateNow();
      assertEquals(1, storage.logs.size("system"));
      LogRow told = storage.logs.page("system", null, 1, 1).getFirst();
      Entry entry = assertInstanceOf(LogRow.Intact.class, told).entry();
      assertEquals("service.state-tampered", entry.type());
      assertEquals("mayor@1", entry.data().get("row"));
    }
  }

  @Test
  void looksOnceADayFromThreeInTheMorningInJapanAndAgainAfterAFailure() {
    SettableClock clock = new SettableClock(Instant.parse("2026-11-21T10:00:00Z"));
    try (OpenStorage storage = OpenStorage.sqlite(directory, clock);
        RetentionKeeper keeper =
            new RetentionKeeper(
                this::prune, new TamperedRows(storage.transactions), Set.of("mayor"), clock)) {
      keeper.look();
      keeper.look();
      assertEquals(1, pruned.size());
      clock.advance(
          Duration.between(
              clock.instant(), Instant.parse("2026-11-21T17:59:59Z"))); // 02:59:59 of the next day
      keeper.look();
      assertEquals(1, pruned.size());
      clock.advance(Duration.ofSeconds(1));
      failing = true;
      keeper.look();
      keeper.look();
      assertEquals(3, pruned.size());
      failing = false;
      keeper.look();
      keeper.look();
      assertEquals(4, pruned.size());
    }
  }
}
