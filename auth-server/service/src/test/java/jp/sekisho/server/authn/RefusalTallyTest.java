package jp.sekisho.server.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RefusalTallyTest {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T00:00:10Z"));

  @TempDir Path directory;
  private OpenStorage storage;
  private RefusalTally tally;

  @BeforeEach
  void open() {
    storage = OpenStorage.sqlite(directory, clock);
    tally = new RefusalTally(storage.transactions, clock, new byte[32]);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private List<Entry> entries() {
    storage.logs.integrateNow();
    List<Entry> entries = new ArrayList<>();
    long before = Long.MAX_VALUE;
    List<LogRow> page;
    do {
      page = storage.logs.page("system", null, before, AuditLogs.MAX_PAGE);
      for (LogRow row : page) {
        entries.add(((LogRow.Intact) row).entry());
        before = row.index();
      }
    } while (!page.isEmpty());
    return entries;
  }

  private static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, (byte) (last >> 8), (byte) last});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aHundredRefusalsOfOneMinuteAreOneEntryOnceTheMinuteIsOver() {
    for (int i = 0; i < 100; i++) {
      tally.count(address(1), Refusal.PRELOGIN_COOKIE);
    }
    tally.flush();
    assertEquals(0, entries().size());
    clock.advance(Duration.ofMinutes(1));
    tally.flush();
    tally.flush();
    Entry entry = entries().getFirst();
    assertEquals(1, entries().size());
    assertEquals("login.refused-anonymously", entry.type());
    assertEquals("PRELOGIN_COOKIE", entry.reason());
    assertEquals(100L, entry.data().get("count"));
    assertEquals("2026-11-21T00:00:00Z", entry.data().get("minute"));
    assertFalse(new String(entry.bytes(), StandardCharsets.UTF_8).contains("10.0."));
  }

  @Test
  void sourcesAndReasonsAreApart() {
    tally.count(address(1), Refusal.TOO_MANY);
    tally.count(address(2), Refusal.TOO_MANY);
    tally.count(address(2), Refusal.CROSS_SITE);
    tally.flushAll();
    assertEquals(3, entries().size());
  }

  @Test
  void manySourcesCannotFillTheLog() {
    for (int i = 0; i < RefusalTally.MOST + 500; i++) {
      tally.count(address(i), Refusal.TOO_MANY);
    }
    tally.flushAll();
    Entry others =
        entries().stream()
            .filter(entry -> RefusalTally.OTHERS.equals(entry.data().get("source")))
            .findFirst()
            .orElseThrow();
    assertEquals(500L, others.data().get("count"));
  }
}
