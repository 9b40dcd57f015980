package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.server.person.Validity;
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
      work.accept(change, change.record(MAYOR, new GrantEvent.Rejected("x", null)));
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
      Request back = request.remanded(new Request.Remand(now, "300001", "期間を短く"));
      unit(storage, (change, entry) -> dossiers.update(change, entry, back));
      assertEquals("remanded", find(storage, dossiers).state());
      unit(
          storage,
          (change, entry) -> dossiers.update(change, entry, back.corrected(StepTest.text())));
      byte[] bytes = {1, 2};
      Request once =
          request.approvedOnce(
              new Request.First(
                  now, "300002", "300003", new Extension.Approval("t", bytes, bytes, bytes)));
      unit(storage, (change, entry) -> dossiers.update(change, entry, once));
      assertEquals("approved-once", find(storage, dossiers).state());
      Request.First first = Objects.requireNonNull(find(storage, dossiers).request().first());
      assertEquals("300003", first.represented());
      assertArrayEquals(bytes, first.approval().spki());
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
            dossiers.update(change, entry, once.decided(RequestState.APPROVED, now, "300001"));
            dossiers.insert(change, entry, grant);
          });
      Grant counted = grant.counted();
      unit(storage, (change, entry) -> dossiers.update(change, entry, counted));
      assertEquals(1, Objects.requireNonNull(find(storage, dossiers).grant()).occurrences());
      Grant active = counted.activated(new Grant.Use(now, "n", now.plusSeconds(60)));
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
      Extension more =
          new Extension(
              "e",
              StepTest.text().extended("時間がかかる", StepTest.text().end(), 45),
              Extension.State.ASKED,
              now,
              "100042",
              null,
              null,
              null);
      unit(storage, (change, entry) -> dossiers.insert(change, entry, more));
      unit(
          storage,
          (change, entry) ->
              dossiers.update(
                  change,
                  entry,
                  more.approved(now, "300001", new Extension.Approval("t", bytes, bytes, bytes))));
      assertEquals(45, find(storage, dossiers).text().minutes());
      deputies(storage, request.id(), now);
      unit(
          storage,
          (change, entry) ->
              dossiers.update(
                  change,
                  entry,
                  active
                      .returned(now, "100042")
                      .reported(new Grant.Report(now, "100042", "十二件を渡した"))));
      assertEquals("closed", find(storage, dossiers).state());
      assertEquals(
          "十二件を渡した",
          Objects.requireNonNull(Objects.requireNonNull(find(storage, dossiers).grant()).report())
              .said());
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

  private static void deputies(OpenStorage storage, String grant, Instant now) {
    int _ =
        storage
            .database
            .writer()
            .sequence(
                handle -> handle.execute("insert into organ (id, name) values ('mayor', '市長部局')"));
    DeputyRepository rows = new DeputyRepository(storage.seal);
    ReviewRepository reviews = new ReviewRepository(storage.seal);
    Deputy deputy =
        new Deputy(
            "d",
            "mayor",
            "0101",
            "100050",
            1,
            new Validity(LocalDate.of(2026, 4, 1), LocalDate.of(2027, 3, 31)),
            "総第9号",
            false);
    Absence absence =
        new Absence("a", "mayor", "300001", now, now.plusSeconds(60), "300001", false);
    Review review = new Review("r", grant, "mayor", "approve", "300001", "100050", now, null, null);
    unit(
        storage,
        (change, entry) -> {
          rows.insert(change, entry, deputy);
          rows.insert(change, entry, absence);
          reviews.insert(change, entry, review);
        });
    assertEquals(
        List.of(review), storage.transactions.read(handle -> reviews.open(handle, "mayor", 9)));
    unit(
        storage,
        (change, entry) -> {
          rows.update(change, entry, deputy.out());
          rows.update(change, entry, absence.ended());
          reviews.update(change, entry, review.reviewed(now, "300001"));
        });
    assertEquals(
        List.of(deputy.out()), storage.transactions.read(handle -> rows.deputies(handle, "mayor")));
    assertEquals(
        List.of(absence.ended()),
        storage.transactions.read(handle -> rows.absences(handle, "mayor", now)));
    assertEquals(List.of(), storage.transactions.read(handle -> reviews.open(handle, "mayor", 9)));
  }
}
