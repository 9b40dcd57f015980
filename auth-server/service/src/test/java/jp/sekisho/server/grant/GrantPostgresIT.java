package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.BiConsumer;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows of an exception on a real PostgreSQL: the SQL is the same, the types are not. */
@Tag("pg")
final class GrantPostgresIT {
  private static final Entry.Subject MAYOR = new Entry.Subject("mayor", null, null, null, null);

  @TempDir private Path dir;

  private static void unit(OpenStorage storage, BiConsumer<Change, EntryReceipt> work) {
    storage.transactions.write(change -> {
      work.accept(change, change.record(MAYOR, new GrantEvent.Rejected("x")));
      return null;
    });
  }

  private static Dossier find(OpenStorage storage, DossierRepository dossiers) {
    return storage
        .transactions
        .read(handle -> dossiers.find(handle, StepTest.text().request()))
        .orElseThrow();
  }

  @Test
  void rowsKeepTheirSealFromRequestToReturn() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start();
        OpenStorage storage =
            OpenStorage.postgresql(server.getJdbcUrl("postgres", "postgres"), dir)) {
      DossierRepository dossiers = new DossierRepository(storage.seal);
      Media media = new Media(storage.transactions, storage.seal);
      assertInstanceOf(
          Media.Outcome.Registered.class,
          media.register("M-0007", "mayor", Base64Url.encode(new byte[32])));
      assertInstanceOf(
          Media.Outcome.Refused.class,
          media.register("M-0008", "mayor", Base64Url.encode(new byte[32])));
      Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      Request request =
          new Request("100042", StepTest.text(), RequestState.REQUESTED, now, null, null, null);
      unit(storage, (change, entry) -> dossiers.insert(change, entry, request));
      int undecided = storage.transactions.read(handle -> dossiers.undecided(handle, "100042"));
      assertEquals(1, undecided);
      byte[] bytes = {1, 2};
      Grant grant =
          new Grant(
              request.id(),
              "T-0001",
              "t",
              bytes,
              bytes,
              bytes,
              GrantState.APPROVED,
              null,
              null,
              null,
              null,
              null);
      unit(
          storage,
          (change, entry) -> {
            dossiers.update(change, entry, request.decided(RequestState.APPROVED, now, "300001"));
            dossiers.insert(change, entry, grant);
          });
      Grant active = grant.activated(new Grant.Use(now, "n", now.plusSeconds(60)));
      unit(storage, (change, entry) -> dossiers.update(change, entry, active));
      assertEquals("active", find(storage, dossiers).state());
      assertEquals(
          List.of(request.id()), storage.transactions.read(handle -> dossiers.waiting(handle)));
      assertEquals(
          1,
          storage
              .transactions
              .read(handle -> dossiers.ofTerminal(handle, "T-0001"))
              .sound()
              .size());
      unit(
          storage,
          (change, entry) -> dossiers.update(change, entry, active.returned(now, "100042")));
      assertEquals("closed", find(storage, dossiers).state());
      assertEquals(
          1,
          storage
              .transactions
              .read(handle -> dossiers.ofOrgan(handle, "mayor", 10))
              .sound()
              .size());
      assertEquals(
          1,
          storage
              .transactions
              .read(handle -> dossiers.ofPerson(handle, "mayor", "100050", 10))
              .sound()
              .size());
      int _ =
          storage
              .database
              .writer()
              .sequence(handle -> handle.execute("update export_grant set state = 'active'"));
      assertThrows(TamperedException.class, () -> find(storage, dossiers));
    }
  }
}
