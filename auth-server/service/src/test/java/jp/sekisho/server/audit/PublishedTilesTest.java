package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tile.EntryBundle;
import jp.sekisho.audit.tile.EntryTilePath;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A log as it is served in tiles, and the proof that a terminal asks for. */
class PublishedTilesTest {
  private static final Entry.Subject CLERK = Entry.Subject.person("mayor", "S1001");

  @TempDir Path directory;

  private static void publish(OpenStorage storage, int entries) {
    if (entries == 0) {
      return;
    }
    storage.transactions.write(c -> {
      for (int i = 0; i < entries; i++) {
        EntryReceipt _ = c.record(CLERK, new SessionEvent.Resumed());
      }
      return null;
    });
    storage.logs.integrateNow();
  }

  private static Checkpoint newest(OpenStorage storage) throws FormatException {
    return parse(storage.logs.newest("mayor").checkpoint());
  }

  private static Checkpoint parse(String note) throws FormatException {
    return Checkpoint.parse(SignedNote.parse(note.getBytes(StandardCharsets.UTF_8)).text());
  }

  private static byte[] tile(OpenStorage storage, int level, long index, int width) {
    return storage.logs.tile("mayor", new HashTilePath(level, index, width)).orElseThrow();
  }

  private static void execute(OpenStorage storage, String sql) {
    int changed = storage.database.writer().sequence(h -> h.execute(sql));
    assertEquals(1, changed);
  }

  @Test
  void everySizeOfALogContinuesEveryOlderOne() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      List<Checkpoint> all = new ArrayList<>();
      for (int more : List.of(0, 1, 1, 253, 1, 1, 255, 300)) {
        publish(storage, more);
        all.add(newest(storage));
      }
      Checkpoint last = all.getLast();
      assertEquals(812, last.size());
      for (Checkpoint old : all) {
        Continuation found = storage.logs.continuation("mayor", old.size()).orElseThrow();
        assertTrue(found.proof().proves(old.root(), last.root()), "from " + old.size());
        assertEquals(found.proof().path().size(), found.path().size());
        assertEquals(last, parse(found.checkpoint()));
      }
      assertEquals(Optional.empty(), storage.logs.continuation("mayor", 813));
      assertEquals(Optional.empty(), storage.logs.continuation("mayor", -1));
    }
  }

  @Test
  void tilesAndEntriesMakeUpTheSignedRoot() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      publish(storage, 600);
      Frontier tree = Frontier.empty();
      byte[] upper = tile(storage, 1, 0, 2);
      for (int index = 0; index < 3; index++) {
        int width = index < 2 ? 256 : 88;
        byte[] hashes = tile(storage, 0, index, width);
        byte[] bodies = storage.logs.tile("mayor", new EntryTilePath(index, width)).orElseThrow();
        Frontier alone = Frontier.empty();
        int at = 0;
        for (byte[] body : EntryBundle.decode(bodies, width)) {
          assertEquals(Rfc6962.leaf(body), jp.sekisho.audit.tree.Hash.of(slice(hashes, at * 32)));
          tree = tree.append(Rfc6962.leaf(body));
          alone = alone.append(Rfc6962.leaf(body));
          at++;
        }
        if (width == 256) {
          assertEquals(alone.root(), jp.sekisho.audit.tree.Hash.of(slice(upper, index * 32)));
        }
      }
      assertEquals(newest(storage).root(), tree.root());
    }
  }

  private static byte[] slice(byte[] bytes, int from) {
    return java.util.Arrays.copyOfRange(bytes, from, from + 32);
  }

  @Test
  void nothingBeyondTheSignedTreeIsServed() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      publish(storage, 300);
      assertTrue(storage.logs.tile("mayor", new HashTilePath(0, 1, 44)).isPresent());
      assertTrue(
          storage.logs.tile("mayor", new HashTilePath(0, 1, 43)).isPresent(), "an older one");
      for (var none :
          List.of(
              new HashTilePath(0, 1, 45),
              new HashTilePath(0, 2, 1),
              new HashTilePath(1, 0, 2),
              new HashTilePath(2, 0, 1),
              new HashTilePath(0, (1L << 55) - 1, 256),
              new EntryTilePath(1, 45))) {
        assertFalse(storage.logs.tile("mayor", none).isPresent(), none.path());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update audit_node set hash = zeroblob(32) where log = 'mayor' and level = 1 and idx = 0",
        "delete from audit_node where log = 'mayor' and level = 1 and idx = 0",
        "update audit_entry set leaf = zeroblob(32) where log = 'mayor' and idx = 290"
      })
  void hashesEditedInTheDatabaseRefuseOnceAndAreMadeAgainFromTheEntries(String edit)
      throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      publish(storage, 290);
      Checkpoint old = newest(storage);
      publish(storage, 310);
      byte[] whole = tile(storage, 1, 0, 2);
      execute(storage, edit);
      assertThrows(TamperedException.class, () -> storage.logs.continuation("mayor", 290));
      Continuation mended = storage.logs.continuation("mayor", 290).orElseThrow();
      assertTrue(mended.proof().proves(old.root(), newest(storage).root()), "never a false fork");
      assertEquals(box(whole), box(tile(storage, 1, 0, 2)));
    }
  }

  @Test
  void proofIsRefusedForGoodWhereTheEntriesThemselvesWereEdited() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      publish(storage, 300);
      execute(
          storage,
          "update audit_entry set body = x'7b7d', leaf = zeroblob(32)"
              + " where log = 'mayor' and idx = 7");
      for (int i = 0; i < 2; i++) {
        TamperedException refused =
            assertThrows(TamperedException.class, () -> storage.logs.continuation("mayor", 3));
        assertEquals("audit_entry", refused.table());
      }
    }
  }

  @Test
  void checkpointPutBackOrForgedIsSeenThoughTheNewestIsRemembered() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      publish(storage, 2);
      String older = storage.logs.newest("mayor").checkpoint();
      publish(storage, 2);
      String newer = storage.logs.newest("mayor").checkpoint();
      execute(
          storage, "update audit_log_state set checkpoint = '" + older + "' where log = 'mayor'");
      assertEquals(newer, storage.logs.newest("mayor").checkpoint(), "the file counts");
      execute(
          storage,
          "update audit_log_state set checkpoint = '"
              + newer.replace("\n4\n", "\n5\n")
              + "' where log = 'mayor'");
      assertThrows(TamperedException.class, () -> storage.logs.newest("mayor"));
    }
  }

  private static String box(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }
}
