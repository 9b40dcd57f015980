package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.audit.witness.Witness;
import jp.sekisho.audit.witness.WitnessAnswer;
import jp.sekisho.audit.witness.WitnessFolder;
import jp.sekisho.audit.witness.WitnessRequest;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.MemoryDirectory;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The table of attacks on a log's storage, by somebody who writes to the database at will, and by
 * one who has the log's key as well. A replayed batch of an agent is {@code RecordsTest}'s, a
 * database rolled back {@code SequencerTest}'s and entries put in by hand {@code InsiderTest}'s.
 *
 * <p>Over 400 lines because it is the table of issue and threat model, to be read in one place.
 */
class AttackTableTest {
  private static final Entry.Subject CLERK = Entry.Subject.person("mayor", "S1001");
  private static final int SIGNED = 300; // one complete tile and a part of the next
  private static final int PENDING = 2;
  private static final int AT = 100;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  /** What comes of an attack once the service has started again. */
  enum Fate {
    /** The log halts and says so; nothing more is signed. */
    HALTS,
    /** The log goes on; the row is shown as edited, never as an entry. */
    SHOWN,
    /** Nobody sees anything but the truth. */
    HARMLESS
  }

  private static void write(OpenStorage storage, int entries) {
    storage.transactions.write(c -> {
      for (int i = 0; i < entries; i++) {
        EntryReceipt _ = c.record(CLERK, new SessionEvent.Resumed());
      }
      return entries;
    });
  }

  /** A log of signed entries, and two that are committed and not integrated. */
  private List<String> prepare() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, SIGNED);
      storage.logs.integrateNow();
      write(storage, PENDING);
      return storage.database.read(h ->
          Stream.concat(
                  LogTables.range(h, "mayor", 0, SIGNED).stream().map(LogTables.Integrated::body),
                  LogTables.pending(h, "mayor", 10).stream().map(LogTables.Pending::body))
              .map(body -> HexFormat.of().formatHex(body))
              .toList());
    }
  }

  private void change(String sql, Object... values) {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      int changed =
          storage
              .database
              .writer()
              .<Integer, RuntimeException>sequence(h -> h.execute(sql, values));
      assertTrue(changed > 0, sql);
    }
  }

  private String signedLast() throws IOException {
    return Files.readString(directory.resolve("keys/log-mayor.last"));
  }

  /** Starts the service on what is there now; only the truth may be signed or shown. */
  private Fate fate(List<String> truth) throws Exception {
    String last = signedLast();
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      try {
        storage.logs.integrateNow();
      } catch (LogIntegrityException e) {
        Checkpoint signed = checkpoint(signedLast());
        Frontier tree = Frontier.empty();
        for (String body : truth.subList(0, Math.toIntExact(signed.size()))) {
          tree = tree.append(Rfc6962.leaf(HexFormat.of().parseHex(body)));
        }
        assertEquals(tree.root(), signed.root(), "only the truth was signed before");
        return Fate.HALTS;
      }
      Checkpoint newest = checkpoint(storage.logs.newest("mayor").checkpoint());
      assertEquals(truth.size(), newest.size());
      Fate fate = Fate.HARMLESS;
      List<String> bundled = new ArrayList<>();
      try {
        for (Iterator<byte[]> bodies = storage.logs.bundle("mayor").entries(); bodies.hasNext(); ) {
          bundled.add(HexFormat.of().formatHex(bodies.next()));
        }
        assertEquals(truth, bundled);
      } catch (TamperedException e) {
        fate = Fate.SHOWN;
      }
      for (long before = truth.size(); before > 0; before -= AuditLogs.MAX_PAGE) {
        for (LogRow row : storage.logs.page("mayor", null, before, AuditLogs.MAX_PAGE)) {
          if (row instanceof LogRow.Intact(long index, Entry entry)) {
            assertEquals(
                truth.get(Math.toIntExact(index)), HexFormat.of().formatHex(entry.bytes()));
          } else {
            fate = Fate.SHOWN;
          }
        }
      }
      Checkpoint old = checkpoint(last);
      assertTrue(
          storage
              .logs
              .continuation("mayor", old.size())
              .orElseThrow()
              .proof()
              .proves(old.root(), newest.root()),
          "terminals go on");
      return fate;
    }
  }

  private static Checkpoint checkpoint(String note) throws FormatException {
    return Checkpoint.parse(note(note).text());
  }

  private static SignedNote note(String text) throws FormatException {
    return SignedNote.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "audit_pending, log, HALTS",
    "audit_pending, number, HALTS",
    "audit_pending, entry_id, HALTS",
    "audit_pending, body, HALTS",
    "audit_pending, created, HALTS",
    "audit_pending, mac, HALTS",
    "audit_entry, log, HALTS",
    "audit_entry, idx, HALTS",
    "audit_entry, entry_id, SHOWN",
    "audit_entry, body, HALTS",
    "audit_entry, leaf, HALTS",
    "audit_entry, person, HARMLESS",
    "audit_entry, created, SHOWN",
    "audit_entry, mac, SHOWN",
    "audit_node, log, HARMLESS",
    "audit_node, level, HARMLESS",
    "audit_node, idx, HARMLESS",
    "audit_node, hash, HARMLESS",
    "audit_log_state, log, HALTS",
    "audit_log_state, generation, HARMLESS",
    "audit_log_state, origin, HALTS",
    "audit_log_state, size, HALTS",
    "audit_log_state, epoch, HARMLESS",
    "audit_log_state, frontier, HALTS",
    "audit_log_state, checkpoint, HARMLESS"
  })
  void aBitFlippedInAStoredColumnIsNeverTakenForTheTruth(String table, String column, Fate fate)
      throws Exception {
    List<String> truth = prepare();
    flip(table, column);
    assertEquals(fate, fate(truth));
  }

  /**
   * Found again from the entries by whoever searches: each hit is read in the log itself, and what
   * an edit hides is found out (ADR 0042; {@code EntryIndexTest}).
   */
  private static final List<String> DERIVED = List.of("audit_find", "audit_find_state");

  @Test
  void everyStoredColumnIsInTheTable() throws Exception {
    CsvSource rows =
        Objects.requireNonNull(
            AttackTableTest.class
                .getDeclaredMethod(
                    "aBitFlippedInAStoredColumnIsNeverTakenForTheTruth",
                    String.class,
                    String.class,
                    Fate.class)
                .getAnnotation(CsvSource.class));
    List<String> tested =
        Arrays.stream(rows.value()).map(row -> row.substring(0, row.lastIndexOf(','))).toList();
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      List<String> tables =
          storage.transactions.read(h ->
              h.createQuery(
                      "select name from sqlite_master where type = 'table'"
                          + " and name like 'audit%' and name not in (<derived>)")
                  .bindList("derived", DERIVED)
                  .mapTo(String.class)
                  .list());
      assertTrue(tables.contains("audit_entry"), tables.toString());
      for (String table : tables) {
        List<String> columns =
            storage.transactions.read(h ->
                h.createQuery("select name from pragma_table_info('" + table + "')")
                    .mapTo(String.class)
                    .list());
        for (String column : columns) {
          assertTrue(tested.contains(table + ", " + column), table + "." + column);
        }
      }
    }
  }

  /** Flips the lowest bit of the last byte, or of the number. */
  private void flip(String table, String column) {
    String where =
        switch (table) {
          case "audit_pending" -> "number = " + (SIGNED + PENDING - 1);
          case "audit_entry" -> "log = 'mayor' and idx = " + AT;
          case "audit_node" -> "log = 'mayor' and level = 1 and idx = 0";
          default -> "log = 'mayor'";
        };
    Object value;
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      value =
          storage.transactions.read(h ->
              h.createQuery("select " + column + " from " + table + " where " + where)
                  .map((row, _) -> row.getObject(1))
                  .one());
    }
    // The key of a row must not become that of its neighbour, which the database itself refuses.
    boolean key = column.equals("number") || (column.equals("idx") && table.equals("audit_entry"));
    Object flipped =
        switch (value) {
          case Number number -> number.longValue() ^ (key ? 1L << 40 : 1L);
          case byte[] bytes -> flipped(bytes);
          case String text ->
              new String(
                  flipped(text.strip().getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
          default -> throw new AssertionError(value);
        };
    change("update " + table + " set " + column + " = ? where " + where, flipped);
  }

  private static byte[] flipped(byte[] bytes) {
    byte[] changed = bytes.clone();
    changed[changed.length - 1] ^= 1;
    return changed;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, AT, SIGNED - 1})
  void firstMiddleAndLastSignedEntryCannotBeDeleted(int index) throws Exception {
    List<String> truth = prepare();
    change("delete from audit_entry where log = 'mayor' and idx = ?", index);
    assertEquals(Fate.HALTS, fate(truth));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void committedEntryCannotBeDeletedBeforeItIsIntegrated(int which) throws Exception {
    List<String> truth = prepare();
    change("delete from audit_pending where number = ?", SIGNED + which);
    assertEquals(Fate.HALTS, fate(truth));
  }

  @Test
  void entriesCannotChangePlaces() throws Exception {
    List<String> truth = prepare();
    change("update audit_entry set idx = -1 where log = 'mayor' and idx = 10");
    change("update audit_entry set idx = 10 where log = 'mayor' and idx = 11");
    change("update audit_entry set idx = 11 where log = 'mayor' and idx = -1");
    assertEquals(Fate.HALTS, fate(truth));
  }

  @Test
  void pendingEntriesCannotChangePlaces() throws Exception {
    List<String> truth = prepare();
    change("update audit_pending set number = -1 where number = " + SIGNED);
    change("update audit_pending set number = ? where number = ?", SIGNED, SIGNED + 1);
    change("update audit_pending set number = ? where number = -1", SIGNED + 1);
    assertEquals(Fate.HALTS, fate(truth));
  }

  @Test
  void tailCannotBeCutOffEvenWithTheStateRowBesideIt() throws Exception {
    List<String> truth = prepare();
    byte[] frontier;
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      Frontier tree = Frontier.empty();
      for (LogTables.Integrated row :
          storage.database.read(h -> LogTables.range(h, "mayor", 0, SIGNED - 10))) {
        tree = tree.append(row.leaf());
      }
      frontier = tree.toBytes();
    }
    change("delete from audit_pending");
    change("delete from audit_entry where log = 'mayor' and idx >= ?", SIGNED - 10);
    change(
        "update audit_log_state set size = ?, frontier = ? where log = 'mayor'",
        SIGNED - 10,
        frontier);
    assertEquals(Fate.HALTS, fate(truth));
  }

  @Test
  void forgedCheckpointIsShownToNobodyAndReplaced() throws Exception {
    List<String> truth = prepare();
    String forged;
    byte[] seed = new byte[32];
    new SecureRandom().nextBytes(seed);
    try (LogSigner thief = LogSigner.of("auth.city.example/log/mayor/1", seed)) {
      forged =
          new String(
              Checkpoint.of(
                      "auth.city.example/log/mayor/1",
                      Frontier.empty().append(Rfc6962.leaf(new byte[] {1})))
                  .sign(thief)
                  .toBytes(),
              StandardCharsets.UTF_8);
    }
    change("update audit_log_state set checkpoint = ? where log = 'mayor'", forged);
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      assertThrows(TamperedException.class, () -> storage.logs.newest("mayor"));
    }
    assertEquals(Fate.HARMLESS, fate(truth));
  }

  /** Whoever has the key signs what he likes; those who saw the past notice. */
  @Test
  void rewrittenLogUnderTheStolenKeyIsNoticedByTerminalsAndWitnesses() throws Exception {
    prepare();
    Path evil = Files.createDirectory(directory.resolve("evil"));
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      storage.logs.integrateNow();
    }
    Checkpoint seen = checkpoint(signedLast());
    OpenStorage.sqlite(evil).close(); // another log, which gets the stolen key
    Files.copy(
        directory.resolve("keys/log-mayor.key"),
        evil.resolve("keys/log-mayor.key"),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.COPY_ATTRIBUTES);
    Files.delete(evil.resolve("keys/log-mayor.last"));
    try (OpenStorage rewritten = OpenStorage.sqlite(evil)) {
      write(rewritten, SIGNED + 20);
      rewritten.logs.integrateNow();
      Continuation shown = rewritten.logs.continuation("mayor", seen.size()).orElseThrow();
      Checkpoint other = checkpoint(shown.checkpoint());
      assertFalse(shown.proof().proves(seen.root(), other.root()), "a terminal's demand");

      Path office = directory.resolve("witness");
      var _ = WitnessFolder.create(office, "witness.example/office", new SecureRandom());
      try (WitnessFolder folder = WitnessFolder.open(office)) {
        Witness witness =
            new Witness(
                folder, List.of(rewritten.logs.verifierKey("mayor")), InstantSource.system());
        assertInstanceOf(
            WitnessAnswer.Cosigned.class,
            witness.answer(WitnessRequest.of(0, List.of(), note(signedLast()))));
        assertFalse(
            witness.answer(
                    WitnessRequest.of(seen.size(), shown.proof().path(), note(shown.checkpoint())))
                instanceof WitnessAnswer.Cosigned);
      }
    }
  }

  @Test
  void hashesEditedAboveTheLeavesAreMadeAgainFromTheEntries() throws Exception {
    List<String> truth = prepare();
    byte[] whole;
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      storage.logs.integrateNow();
      whole = storage.logs.tile("mayor", new HashTilePath(1, 0, 1)).orElseThrow();
    }
    change("delete from audit_node");
    assertEquals(Fate.HARMLESS, fate(truth));
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      storage.logs.integrateNow();
      assertTrue(
          Arrays.equals(
              whole, storage.logs.tile("mayor", new HashTilePath(1, 0, 1)).orElseThrow()));
    }
  }
}
