package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.audit.Resumption.Outcome;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;

/** What tests of restored databases share, on either database. */
final class Restores {
  static final Entry.Subject CLERK = Entry.Subject.person("mayor", "S1001");

  private Restores() {}

  /** Opens the storage again, as a process does that starts. */
  interface Opening {
    OpenStorage open();
  }

  static List<EntryReceipt> write(OpenStorage storage, int entries) {
    return storage.transactions.write(c -> { // one COMMIT for all
      List<EntryReceipt> receipts = new ArrayList<>();
      for (int i = 0; i < entries; i++) {
        receipts.add(c.record(CLERK, new SessionEvent.Resumed()));
      }
      return receipts;
    });
  }

  /** The log's tables as they are now. */
  static List<List<Map<String, Object>>> backup(OpenStorage storage) {
    return storage.database.read(handle -> {
      List<List<Map<String, Object>>> tables = new ArrayList<>();
      for (String table : TABLES) {
        tables.add(handle.createQuery("select * from " + table).mapToMap().list());
      }
      return tables;
    });
  }

  private static final List<String> TABLES =
      List.of("audit_log_state", "audit_pending", "audit_entry", "audit_node");

  /** Puts the tables back; files beside the database stay as they are. */
  static void restore(OpenStorage storage, List<List<Map<String, Object>>> backup) {
    int _ =
        storage
            .database
            .writer()
            .<Integer, RuntimeException>sequence(handle -> {
              for (String table : TABLES.reversed()) { // the entries refer to the state
                int _ = handle.execute("delete from " + table);
              }
              for (int i = 0; i < TABLES.size(); i++) {
                for (Map<String, Object> row : backup.get(i)) {
                  List<String> columns = List.copyOf(row.keySet());
                  int _ =
                      handle.execute(
                          "insert into "
                              + TABLES.get(i)
                              + " ("
                              + String.join(", ", columns)
                              + ") values ("
                              + String.join(", ", columns.stream().map(c -> "?").toList())
                              + ")",
                          columns.stream().map(row::get).toArray());
                }
              }
              return 0;
            });
  }

  /** Lets no entry of that type be written for as long as this runs. */
  static void withoutWriting(OpenStorage storage, String type, Runnable running) {
    execute(
        storage,
        "create trigger unwritten before insert on audit_pending"
            + " when instr(cast(new.body as text), '"
            + type
            + "') begin select raise(abort, 'the disk is full'); end");
    running.run();
    execute(storage, "drop trigger unwritten");
  }

  private static void execute(OpenStorage storage, String sql) {
    int _ = storage.database.writer().<Integer, RuntimeException>sequence(h -> h.execute(sql));
  }

  static Outcome resume(OpenStorage storage, String organ, List<SignedNote> shown) {
    try (Resumption resumption =
        Resumption.begin(
                storage.database, storage.keys, storage.seal, InstantSource.system(), Duration.ZERO)
            .orElseThrow()) {
      return resumption.resume(organ, shown);
    }
  }

  static Outcome.Opened opened(Opening opening, String organ) {
    try (OpenStorage storage = opening.open()) {
      return assertInstanceOf(Outcome.Opened.class, resume(storage, organ, List.of()));
    }
  }

  static void verifies(OpenStorage storage, String name, long size, Path directory)
      throws Exception {
    Path bundle = directory.resolve(name + "-" + size + ".zip");
    try (OutputStream out = Files.newOutputStream(bundle)) {
      storage.logs.bundle(name).writeZip(out);
    }
    assertEquals(size, storage.logs.bundle(name).size());
    TrustedKeys keys = new TrustedKeys(storage.logs.verifierKey(name), List.of());
    assertInstanceOf(Verification.Verified.class, new BundleVerifier(keys, true).verify(bundle));
  }

  static Entry entry(OpenStorage storage, String name, long index) {
    return assertInstanceOf(
            LogRow.Intact.class, storage.logs.entries(name, List.of(index)).getFirst())
        .entry();
  }

  /**
   * A database restored from a backup: the log halts, resumes in the next generation, carries what
   * was committed and not signed, and both generations verify.
   */
  static void restoredDatabaseGoesOnInTheNextGeneration(Opening opening, Path directory)
      throws Exception {
    EntryReceipt pending;
    String lastKnown;
    List<List<Map<String, Object>>> backup;
    try (OpenStorage storage = opening.open()) {
      var _ = write(storage, 300);
      storage.logs.integrateNow();
      pending = write(storage, 1).getFirst(); // committed, not yet signed when the backup is made
      backup = backup(storage);
      var _ = write(storage, 4);
      storage.logs.integrateNow();
      lastKnown = storage.logs.newest("mayor").checkpoint();
    }
    try (OpenStorage storage = opening.open()) {
      restore(storage, backup);
      assertThrows(LogIntegrityException.class, storage.logs::integrateNow);
    }
    Outcome.Opened opened = opened(opening, "mayor");
    assertEquals(
        List.of(305L, 300L, 1L, 0L),
        List.of(opened.known(), opened.held(), opened.carried(), opened.foreign()));
    try (OpenStorage storage = opening.open()) {
      var _ = write(storage, 2);
      storage.logs.integrateNow();
      assertEquals("auth.city.example/log/mayor/2", storage.logs.newest("mayor").logOrigin());
      assertEquals(opened.key(), storage.logs.verifierKey("mayor"));
      Entry first = entry(storage, "mayor", 0);
      assertEquals("log.generation-opened", first.type());
      assertEquals("auth.city.example/log/mayor/1", first.data().get("previous"));
      byte[] note = Base64Url.decode(String.valueOf(first.data().get("checkpoint")));
      assertEquals(lastKnown, new String(note, StandardCharsets.UTF_8));
      Published carried =
          storage.logs.published(pending).toCompletableFuture().get(60, TimeUnit.SECONDS);
      assertEquals(1, carried.index());
      assertEquals("auth.city.example/log/mayor/2", carried.logOrigin());
      verifies(storage, "mayor", 4, directory);
      verifies(storage, "mayor@1", 300, directory);
      assertEquals(lastKnown, storage.logs.newest("mayor@1").checkpoint());
      assertTrue(storage.logs.tile("mayor@1", new HashTilePath(0, 1, 44)).isPresent());
      ClosedGenerations closed = new ClosedGenerations(storage.logs);
      closed.require("mayor");
      closed.readOnce("mayor");
      assertEquals(List.of(), storage.logs.rowCheck(InstantSource.system()).run());
      assertInstanceOf(Outcome.Whole.class, resumeElsewhere(storage, opening));
    }
    restoredOnceMore(opening, backup, directory);
  }

  /** The same backup a second time: it does not know of the second generation. */
  private static void restoredOnceMore(
      Opening opening, List<List<Map<String, Object>>> backup, Path directory) throws Exception {
    try (OpenStorage storage = opening.open()) {
      restore(storage, backup);
      assertThrows(LogIntegrityException.class, storage.logs::integrateNow);
    }
    Outcome.Opened opened = opened(opening, "mayor");
    assertEquals(List.of(4L, 0L, 1L), List.of(opened.known(), opened.held(), opened.carried()));
    try (OpenStorage storage = opening.open()) {
      var _ = write(storage, 1);
      storage.logs.integrateNow();
      verifies(storage, "mayor", 3, directory);
      verifies(storage, "mayor@1", 300, directory);
      assertEquals(
          "auth.city.example/log/mayor/2", entry(storage, "mayor", 0).data().get("previous"));
    }
  }

  private static Outcome resumeElsewhere(OpenStorage running, Opening opening) {
    running.logs.close(); // gives the lock back
    try (OpenStorage other = opening.open()) {
      return resume(other, "mayor", List.of());
    }
  }
}
