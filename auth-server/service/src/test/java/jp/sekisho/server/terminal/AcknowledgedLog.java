package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.protocol.event.Entry;

/** What a log must hold after a service was treated badly under load. */
final class AcknowledgedLog {
  private AcknowledgedLog() {}

  /**
   * Requires that every acknowledged entry is in the log once and each terminal's in its order,
   * that every checkpoint acknowledged with is of the history that is there now, and that the log's
   * bundle verifies.
   *
   * @return how many checkpoints were compared
   */
  static int require(LoadedService service, Load load, Path bundle) throws Exception {
    List<String> shown = new ArrayList<>();
    load.records.values().forEach(acks -> acks.forEach(each -> shown.add(each.ack().checkpoint())));
    return service.prepare((installation, _) -> {
      installation.logs().integrateNow();
      shown.add(installation.logs().newest("mayor").checkpoint());
      List<Entry> entries = read(installation.logs().bundle("mayor").entries(), shown);
      requireRecords(load, entries);
      requireChanges(load, entries);
      try (OutputStream out = Files.newOutputStream(bundle)) {
        installation.logs().bundle("mayor").writeZip(out);
      }
      assertInstanceOf(
          Verification.Verified.class,
          new BundleVerifier(
                  new TrustedKeys(installation.logs().verifierKey("mayor"), List.of()), true)
              .verify(bundle));
      return shown.size();
    });
  }

  /** The entries, after finding every checkpoint's root among those of their beginnings. */
  private static List<Entry> read(Iterator<byte[]> bodies, List<String> notes) throws Exception {
    List<Entry> entries = new ArrayList<>();
    Map<Long, Hash> roots = new HashMap<>();
    Frontier tree = Frontier.empty();
    roots.put(0L, tree.root());
    while (bodies.hasNext()) {
      byte[] body = bodies.next();
      entries.add(Entry.parse(body));
      tree = tree.append(Rfc6962.leaf(body));
      roots.put(tree.size(), tree.root());
    }
    for (String note : notes) {
      Checkpoint checkpoint =
          Checkpoint.parse(SignedNote.parse(note.getBytes(StandardCharsets.UTF_8)).text());
      assertEquals(roots.get(checkpoint.size()), checkpoint.root(), note);
    }
    return entries;
  }

  private static void requireRecords(Load load, List<Entry> entries) {
    Map<String, Long> last = new HashMap<>();
    Map<String, Integer> places = new HashMap<>();
    for (int index = 0; index < entries.size(); index++) {
      Entry entry = entries.get(index);
      if (entry.device().isEmpty()) {
        continue;
      }
      String terminal = String.valueOf(entry.subject().terminal());
      long seq = (long) entry.device().getOrDefault("seq", 0L);
      // In order, without a gap, and so none twice.
      assertEquals(last.getOrDefault(terminal, 0L) + 1, seq, terminal);
      last.put(terminal, seq);
      places.put(String.valueOf(entry.device().get("hash")), index);
    }
    load.records.forEach((terminal, acks) -> {
      assertTrue(acks.size() > 0, terminal);
      for (Load.Acknowledged each : acks) {
        assertEquals(each.last().hash(), each.ack().head());
        assertEquals((long) places.getOrDefault(each.last().hash(), -1), each.ack().index());
      }
    });
  }

  private static void requireChanges(Load load, List<Entry> entries) {
    Map<String, Integer> times = new HashMap<>();
    for (Entry entry : entries) {
      if (entry.type().equals("grant.requested") || entry.type().equals("grant.withdrawn")) {
        times.merge(entry.type() + " " + entry.data().get("grant"), 1, Integer::sum);
      }
    }
    times.forEach((change, count) -> assertEquals(1, count, change));
    for (String change : load.changes) {
      assertNotNull(times.get(change), change);
    }
  }
}
