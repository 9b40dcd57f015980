package jp.sekisho.server.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.protocol.event.AuditEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.storage.EntryJournal;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.storage.Turn;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TamperedRowsTest {
  private final TamperedException row = new TamperedException("terminal", "T-0042");

  @TempDir private Path directory;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T00:00:00Z"));
  private final List<String> written = new ArrayList<>();
  private boolean failing;

  private final class Journal implements EntryJournal {
    private final EntryJournal real;

    Journal(EntryJournal real) {
      this.real = real;
    }

    @Override
    public Entries begin(Turn turn) {
      Entries entries = real.begin(turn);
      return new Entries() {
        @Override
        public Appended append(Instant now, Entry.Subject subject, AuditEvent event) {
          if (failing) {
            throw new StorageException("the disk is full");
          }
          written.add(event.type() + " " + event.data().get("row"));
          return entries.append(now, subject, event);
        }

        @Override
        public Appended append(Instant now, Entry.Subject subject, DeviceRecord record) {
          throw new AssertionError(record);
        }

        @Override
        public void wrote(EntryReceipt entry, String row) {
          entries.wrote(entry, row);
        }

        @Override
        public void keep() {
          entries.keep();
        }

        @Override
        public void undo() {
          entries.undo();
        }

        @Override
        public void write(Handle handle) {
          entries.write(handle);
        }
      };
    }

    @Override
    public void committed(List<Appended> entries) {
      real.committed(entries);
    }
  }

  @Test
  void aRowIsToldOnceAnHourAndAgainWhenItCouldNotBeWritten() {
    try (OpenStorage storage = OpenStorage.sqlite(directory, clock)) {
      TamperedRows rows =
          new TamperedRows(new Transactions(storage.database, new Journal(storage.pending), clock));
      failing = true;
      rows.report(row);
      assertEquals(List.of(), written);
      failing = false;
      String told = "service.state-tampered T-0042";
      for (int i = 0; i < 3; i++) {
        rows.report(row);
        assertEquals(List.of(told), written);
      }
      clock.advance(Duration.ofHours(1));
      rows.report(row);
      assertEquals(List.of(told, told), written);
    }
  }

  @Test
  void aUnitThatRunsAgainIsToldTheSame() {
    PerMinute bound = new PerMinute();
    PerMinute.Call call = bound.call();
    assertEquals(
        List.of(true, true, false),
        List.of(
            call.first("row", clock.instant()),
            call.first("row", clock.instant()),
            bound.call().first("row", clock.instant())));
  }
}
