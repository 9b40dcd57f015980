package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.RowSeal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody who can write whatever he likes to the database, but has none of the files beside
 * it, gets signed: nothing. The log halts and says which entry.
 */
class InsiderTest {
  private static final Entry.Subject CLERK = Entry.Subject.person("mayor", "S1001");
  private static final byte[] FORGED_ID = "forged forged id".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path directory;

  private static void write(OpenStorage storage, int entries) {
    for (int i = 0; i < entries; i++) {
      EntryReceipt _ = storage.transactions.write(c -> c.record(CLERK, new SessionEvent.Resumed()));
    }
  }

  private static void execute(OpenStorage storage, String sql, Object... values) {
    assertEquals(
        1,
        storage.database.writer().<Integer, RuntimeException>sequence(h -> h.execute(sql, values)));
  }

  private static LogState state(OpenStorage storage) {
    return storage.database.read(h -> LogTables.state(h, "mayor")).orElseThrow();
  }

  /** Makes the state row what it would be after the entry, as the sequencer does. */
  private static void moveOn(OpenStorage storage, byte[] body) {
    Frontier tree = state(storage).frontier().append(Rfc6962.leaf(body));
    execute(
        storage,
        "update audit_log_state set size = ?, epoch = epoch + 1, frontier = ? where log = 'mayor'",
        tree.size(),
        tree.toBytes());
  }

  private static byte[] forgedBody() {
    return Entry.of(FORGED_ID, new byte[16], Instant.EPOCH, CLERK, new SessionEvent.Ended("logout"))
        .bytes();
  }

  /** Appends an entry of his own making to the integrated ones. */
  private static void forge(OpenStorage storage) {
    byte[] body = forgedBody();
    put(storage, body);
    moveOn(storage, body);
  }

  private static void put(OpenStorage storage, byte[] body) {
    execute(
        storage,
        "insert into audit_entry (log, idx, entry_id, body, leaf, person, created, mac)"
            + " values ('mayor', ?, ?, ?, ?, 'S1001', 0, ?)",
        state(storage).size(),
        FORGED_ID,
        body,
        Rfc6962.leaf(body).bytes(),
        new byte[32]);
  }

  /** Moves the pending entries into the tree, and then the process dies. */
  private static void integrateOnly(OpenStorage storage) {
    Integration integration = new Integration(new RowSeal(new byte[RowSeal.KEY_BYTES]));
    Frontier tree = state(storage).frontier();
    List<Integration.Numbered> _ =
        storage.database.writer().sequence(h -> integration.run(h, "mayor", tree));
  }

  private String signedLast() throws IOException {
    return Files.readString(directory.resolve("keys/log-mayor.last"));
  }

  private void refused(OpenStorage storage, String entry) throws IOException {
    String last = signedLast();
    LogIntegrityException refused =
        assertThrows(LogIntegrityException.class, storage.logs::integrateNow);
    assertTrue(String.valueOf(refused.getMessage()).contains(entry), refused.getMessage());
    assertEquals(last, signedLast());
  }

  @Test
  void forgedEntryIsNotSignedWithTheNextRealOne() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 2);
      storage.logs.integrateNow();
      forge(storage);
      write(storage, 1);
      refused(storage, "log mayor: entry 2 was edited in or put into the database");
    }
  }

  /** Without the state's row: the next real entry must not fail for ever as if the disk were. */
  @Test
  void anEntryPutWhereTheNextOneBelongsIsAnAttackAndNoFault() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 2);
      storage.logs.integrateNow();
      put(storage, forgedBody());
      write(storage, 1);
      refused(storage, "log mayor: an entry beyond its 2 signed ones was put into the database");
    }
  }

  @Test
  void forgedEntryIsNotSignedAtARestart() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 2);
      storage.logs.integrateNow();
      forge(storage);
    }
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      refused(storage, "log mayor: entry 2 was edited in or put into the database");
    }
  }

  @Test
  void integratedEntryThatWasEditedBeforeItsSignatureIsNotSigned() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 1);
      storage.logs.integrateNow();
      write(storage, 1);
      Frontier before = state(storage).frontier();
      integrateOnly(storage);
      byte[] body = forgedBody();
      execute(
          storage,
          "update audit_entry set body = ?, leaf = ? where log = 'mayor' and idx = 1",
          body,
          Rfc6962.leaf(body).bytes());
      execute(
          storage,
          "update audit_log_state set frontier = ? where log = 'mayor'",
          before.append(Rfc6962.leaf(body)).toBytes());
    }
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      refused(storage, "log mayor: entry 1 was edited in or put into the database");
    }
  }

  @Test
  void aRealEntryIsNotSignedASecondTime() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 2);
      storage.logs.integrateNow();
      byte[] body = storage.database.read(h -> LogTables.range(h, "mayor", 0, 1)).getFirst().body();
      execute(storage, "update audit_entry set entry_id = ? where idx = 1", FORGED_ID); // unique
      execute(
          storage,
          "insert into audit_entry (log, idx, entry_id, body, leaf, person, created, mac)"
              + " select log, 2, zeroblob(16), body, leaf, person, created, mac"
              + " from audit_entry where log = 'mayor' and idx = 0");
      moveOn(storage, body);
      write(storage, 1);
      refused(storage, "log mayor: entry 2 was edited in or put into the database");
    }
  }

  @Test
  void aRealEntryPutBackAmongThePendingIsNotIntegratedASecondTime() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 2);
      storage.logs.integrateNow();
      execute(
          storage,
          "insert into audit_pending (log, number, entry_id, body, created, mac)"
              + " select log, 2, entry_id, body, created, mac from audit_entry"
              + " where log = 'mayor' and idx = 0");
      refused(storage, "audit_pending: row 2");
    }
  }

  @Test
  void anEntryOfAnotherLogIsNotIntegrated() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      EntryReceipt _ =
          storage.transactions.write(
              c -> c.record(Entry.Subject.NONE, new SessionEvent.Ended("logout")));
      execute(storage, "update audit_pending set log = 'mayor' where log = 'system'");
      refused(storage, "audit_pending: row 0");
    }
  }

  @Test
  void aFrontierThatWasEditedIsNotBuiltUpon() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 1);
      storage.logs.integrateNow();
      execute(
          storage,
          "update audit_log_state set frontier = ? where log = 'mayor'",
          (Object) Frontier.empty().append(Rfc6962.leaf(forgedBody())).toBytes());
      write(storage, 1);
      refused(storage, "log mayor");
    }
  }

  @Test
  void anOriginThatWasEditedIsNotSigned() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 1);
      storage.logs.integrateNow();
      execute(storage, "update audit_log_state set origin = 'x' where log = 'mayor'");
      write(storage, 1);
      refused(storage, "log mayor: its origin was edited");
    }
  }
}
