package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.bundle.Verification;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The logs as a whole, on SQLite with the sequencer running. */
class AuditLogsTest {
  private static final Entry.Subject CLERK = Entry.Subject.person("mayor", "S1001");

  @TempDir Path directory;

  private static Published await(OpenStorage storage, EntryReceipt receipt) throws Exception {
    return storage.logs.published(receipt).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void publishesAnEntryUnderASignedCheckpointThatVerifiesOffline() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory).start()) {
      EntryReceipt first =
          storage.transactions.write(c -> c.record(CLERK, new SessionEvent.Resumed()));
      EntryReceipt second =
          storage.transactions.write(c -> c.record(CLERK, new SessionEvent.Ended("logout")));
      assertEquals(0, await(storage, first).index());
      Published published = await(storage, second);
      assertEquals(1, published.index());
      assertEquals("auth.city.example/log/mayor/1", published.logOrigin());
      assertEquals(1, storage.logs.newest("mayor").index());

      Path bundle = directory.resolve("bundle.zip");
      try (OutputStream out = Files.newOutputStream(bundle)) {
        storage.logs.bundle("mayor").writeZip(out);
      }
      TrustedKeys keys = new TrustedKeys(storage.logs.verifierKey("mayor"), List.of());
      assertInstanceOf(Verification.Verified.class, new BundleVerifier(keys, true).verify(bundle));
    }
  }

  @Test
  void keepsOrgansApartFromSystem() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory).start()) {
      EntryReceipt receipt =
          storage.transactions.write(c -> c.record(Entry.Subject.NONE, new ServiceEvent.Stopped()));
      assertEquals("auth.city.example/log/system/1", await(storage, receipt).logOrigin());
      assertEquals(-1, storage.logs.newest("mayor").index());
    }
  }

  @Test
  void pagesNewestFirstAndByPerson() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory).start()) {
      EntryReceipt last =
          storage.transactions.write(c -> {
            c.record(CLERK, new SessionEvent.Resumed());
            c.record(Entry.Subject.person("mayor", "S2"), new SessionEvent.Resumed());
            return c.record(CLERK, new SessionEvent.Ended("logout"));
          });
      await(storage, last);
      assertEquals(
          List.of(2L, 1L, 0L),
          storage.logs.page("mayor", null, Long.MAX_VALUE, 10).stream()
              .map(LogRow::index)
              .toList());
      assertEquals(
          List.of(0L),
          storage.logs.page("mayor", "S1001", 2, 10).stream().map(LogRow::index).toList());
    }
  }
}
