package jp.sekisho.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.Minimum;
import jp.sekisho.audit.entry.PruneEntry;
import jp.sekisho.audit.entry.TopLevel;
import jp.sekisho.audit.names.SealCode;
import jp.sekisho.audit.stamp.Stamped;
import jp.sekisho.audit.stamp.TimeStamps;
import jp.sekisho.audit.table.CsvTable;
import jp.sekisho.audit.table.OcsfLines;
import jp.sekisho.audit.tile.HashTile;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tree.ConsistencyProof;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.InclusionProof;

/**
 * As {@link FormatsFuzzTest}, for what lies inside the formats: tree, tiles of hashes,
 * cosignatures, minimum indexes, time-stamps, codes of sealed names, and what is read of entries.
 */
class PartsFuzzTest {
  private static final String ORIGIN = Fixtures.ORIGIN;

  @FuzzTest
  void frontier(byte[] bytes) {
    try {
      assertArrayEquals(bytes, Frontier.parse(bytes).toBytes());
    } catch (FormatException refused) {
      assertEquals(FormatException.Code.FRONTIER_MALFORMED, refused.code());
    }
  }

  /** Whatever the path: under the fixtures' size and root a leaf is proved at its place alone. */
  @FuzzTest
  void inclusion(FuzzedDataProvider data) {
    List<Hash> leaves = Fixtures.leaves();
    Hash root = Fixtures.naiveRoot(leaves);
    int index = data.consumeInt(0, leaves.size() - 1);
    int leaf = data.consumeInt(0, leaves.size() - 1);
    InclusionProof proof = new InclusionProof(index, leaves.size(), path(data, leaves));
    if (proof.proves(leaves.get(leaf), root)) {
      assertEquals(leaf, index);
    }
  }

  /** Whatever the path: nothing but an older tree of this log is continued by its root. */
  @FuzzTest
  void consistency(FuzzedDataProvider data) {
    List<Hash> leaves = Fixtures.leaves();
    int old = data.consumeInt(0, leaves.size());
    int claimed = data.consumeInt(0, leaves.size());
    Hash oldRoot = Fixtures.naiveRoot(leaves.subList(0, claimed));
    ConsistencyProof proof = new ConsistencyProof(old, leaves.size(), path(data, leaves));
    if (proof.proves(oldRoot, Fixtures.naiveRoot(leaves))) {
      assertEquals(claimed, old);
    }
  }

  private static List<Hash> path(FuzzedDataProvider data, List<Hash> leaves) {
    List<Hash> path = new ArrayList<>();
    while (data.remainingBytes() > 0 && path.size() < 70) {
      if (data.consumeBoolean()) {
        path.add(leaves.get(data.consumeInt(0, leaves.size() - 1)));
      } else {
        int from = data.consumeInt(0, leaves.size() - 1);
        path.add(Fixtures.naiveRoot(leaves.subList(from, data.consumeInt(from, leaves.size()))));
      }
    }
    return path;
  }

  @FuzzTest
  void hashTile(FuzzedDataProvider data) {
    int width = data.consumeInt(1, 256);
    byte[] bytes = data.consumeRemainingAsBytes();
    try {
      assertArrayEquals(bytes, HashTile.parse(new HashTilePath(0, 0, width), bytes).contents());
    } catch (FormatException refused) {
      assertEquals(FormatException.Code.TILE_MALFORMED, refused.code());
    }
  }

  /** A signature line under a good checkpoint: never a witness unless it is the witness's. */
  @FuzzTest
  void cosignature(FuzzedDataProvider data) throws FormatException {
    String line = data.consumeRemainingAsString();
    byte[] note = (Fixtures.text("checkpoint-5") + line + "\n").getBytes(StandardCharsets.UTF_8);
    if (Fixtures.keys().open(note) instanceof CheckpointOpening.Opened opened) {
      assertEquals(5, opened.checkpoint().size());
      assertEquals(1, opened.witnesses().size()); // the one that was there
    }
  }

  @FuzzTest
  void minimum(byte[] bytes) {
    try {
      assertEquals(ORIGIN, Minimum.open(bytes, Fixtures.key(0)).origin());
    } catch (FormatException refused) {
      assertTrue(
          refused.code() == FormatException.Code.CHECKPOINT_MALFORMED
              || refused.code() == FormatException.Code.NOTE_MALFORMED);
    }
  }

  @FuzzTest
  void stamped(byte[] bytes) {
    try {
      Stamped stamped = Stamped.parse(bytes);
      assertArrayEquals(bytes, stamped.toBytes());
      TimeStamps.verify(stamped.token(), stamped.note(), List.of());
      throw new AssertionError("nobody is trusted");
    } catch (FormatException refused) {
      assertEquals(FormatException.Code.STAMP_REFUSED, refused.code());
    }
  }

  @FuzzTest
  void stampAnchors(byte[] bytes) {
    try {
      assertTrue(!TimeStamps.anchors(bytes).isEmpty());
    } catch (FormatException refused) {
      assertEquals(FormatException.Code.STAMP_REFUSED, refused.code());
    }
  }

  @FuzzTest
  void sealCode(FuzzedDataProvider data) {
    Optional<SealCode> code = SealCode.parse(data.consumeRemainingAsString());
    code.ifPresent(read -> {
      String shown = read.reveal();
      assertEquals(shown, SealCode.parse(shown).orElseThrow().reveal());
    });
  }

  /** Any entry makes one line of each kind; what OCSF gets is JSON that leads back to it. */
  @FuzzTest
  void entry(byte[] bytes) throws IOException {
    ByteArrayOutputStream ocsf = new ByteArrayOutputStream();
    new OcsfLines(ocsf, ORIGIN).take(7, bytes);
    String line = ocsf.toString(StandardCharsets.UTF_8);
    assertEquals(line.length() - 1, line.indexOf('\n'));
    Map<String, TopLevel.Value> event = TopLevel.read(line.strip()).orElseThrow();
    Map<String, TopLevel.Value> metadata =
        TopLevel.read(Objects.requireNonNull(event.get("metadata")).text()).orElseThrow();
    assertEquals("7", Objects.requireNonNull(metadata.get("sequence")).text());

    ByteArrayOutputStream csv = new ByteArrayOutputStream();
    CsvTable table = new CsvTable(csv, List.of("type", "data"), CsvTable.Further.NONE);
    csv.reset();
    table.take(7, bytes);
    assertTrue(
        csv.toString(StandardCharsets.UTF_8).matches("\"7\"(,|,\"([^\"\r\n]|\"\")*\"){3}\r\n"));

    PruneEntry.read(7, bytes).ifPresent(read -> assertEquals(7, read.index()));
    PruneEntry.time(bytes);
  }
}
