package jp.sekisho.audit.tile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.tree.ConsistencyProof;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.InclusionProof;
import jp.sekisho.audit.tree.Rfc6962;
import org.junit.jupiter.api.Test;

class TilesTest {
  private final Map<String, byte[]> store = new HashMap<>();
  private final TileSource tiles =
      path -> {
        byte[] contents = store.get(path.path());
        if (contents == null) {
          throw new IOException("no tile " + path.path());
        }
        return contents;
      };

  /** Appends as a service does: every batch begins from stored bytes only. */
  private Frontier integrate(Frontier frontier, List<Hash> batch) throws Exception {
    Frontier next = Frontier.parse(frontier.toBytes());
    TileAssembler assembler = TileAssembler.resume(next.size(), tiles);
    for (Hash leaf : batch) {
      next = next.append(leaf, assembler);
    }
    assembler.drain().forEach(tile -> store.put(tile.path().path(), tile.contents()));
    assertEquals(List.of(), assembler.drain());
    return next;
  }

  @Test
  void theFixturesTilesAreWhatIsAssembledBatchByBatch() throws Exception {
    List<Hash> leaves = Fixtures.leaves();
    Frontier frontier = Frontier.empty();
    int[] cuts = {0, 1, 2, 5, 100, 255, 256, 257, 299, 300};
    for (int i = 1; i < cuts.length; i++) {
      frontier = integrate(frontier, leaves.subList(cuts[i - 1], cuts[i]));
    }
    assertArrayEquals(Fixtures.bytes("frontier-300.bin"), frontier.toBytes());
    assertArrayEquals(Fixtures.bytes("bundle/tile/0/000"), store.get("tile/0/000"));
    assertArrayEquals(Fixtures.bytes("bundle/tile/0/001.p/44"), store.get("tile/0/001.p/44"));
    assertArrayEquals(Fixtures.bytes("tile-1-000.p-1.bin"), store.get("tile/1/000.p/1"));
  }

  @Test
  void proofsFromTilesHoldAcrossThreeLevels() throws Exception {
    Frontier frontier = Frontier.empty();
    TileAssembler assembler = new TileAssembler();
    Map<Long, Hash> roots = new HashMap<>();
    long size = 256 * 256 + 300;
    for (long i = 0; i < size; i++) {
      roots.put(i, i % 9973 == 0 || i == 65536 ? frontier.root() : Rfc6962.EMPTY_ROOT);
      frontier = frontier.append(leaf(i), assembler);
    }
    assembler.drain().forEach(tile -> store.put(tile.path().path(), tile.contents()));
    assertTrue(store.containsKey("tile/2/000.p/1"));
    TileHashSource source = new TileHashSource(tiles, size);
    for (long index : new long[] {0, 255, 256, 65535, 65536, size - 1}) {
      InclusionProof proof = InclusionProof.build(source, index, size);
      assertTrue(proof.proves(leaf(index), frontier.root()));
    }
    for (long old : new long[] {0, 9973, 65536, 6 * 9973}) {
      Hash then = roots.getOrDefault(old, Rfc6962.EMPTY_ROOT);
      assertTrue(ConsistencyProof.build(source, old, size).proves(then, frontier.root()));
    }
    assertThrows(IOException.class, () -> source.hash(0, size));
    assertThrows(IOException.class, () -> source.hash(17, 0));
    assertThrows(IOException.class, () -> source.hash(0, -1));
  }

  private static Hash leaf(long i) {
    return Rfc6962.leaf(Long.toString(i).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  @Test
  void aTileOfAnotherLengthIsRefused() {
    HashTilePath path = new HashTilePath(0, 0, 2);
    assertThrows(FormatException.class, () -> HashTile.parse(path, new byte[63]));
    assertThrows(FormatException.class, () -> HashTile.parse(path, new byte[96]));
    store.put("tile/0/000.p/2", new byte[32]);
    assertThrows(IOException.class, () -> TileAssembler.resume(2, tiles));
    assertThrows(IOException.class, () -> new TileHashSource(tiles, 2).hash(1, 0));
  }

  @Test
  void aNodeOutOfOrderIsABugAndSaidSo() {
    TileAssembler assembler = new TileAssembler();
    assertThrows(IllegalStateException.class, () -> assembler.completed(0, 1, Rfc6962.EMPTY_ROOT));
  }

  @Test
  void entryBundlesAreThoseOfTheFixture() throws Exception {
    byte[] published = Fixtures.bytes("entries-001.p-44.bin");
    List<byte[]> entries = Fixtures.entries().subList(256, 300);
    assertArrayEquals(published, EntryBundle.encode(entries));
    List<byte[]> decoded = EntryBundle.decode(published, 44);
    for (int i = 0; i < entries.size(); i++) {
      assertArrayEquals(entries.get(i), decoded.get(i));
    }
  }

  @Test
  void entryBundlesWithMoreOrLessAreRefused() throws Exception {
    byte[] good = EntryBundle.encode(List.of(new byte[0], new byte[] {7}));
    assertArrayEquals(new byte[] {0, 0, 0, 1, 7}, good);
    assertEquals(2, EntryBundle.decode(good, 2).size());
    assertThrows(FormatException.class, () -> EntryBundle.decode(good, 1));
    assertThrows(FormatException.class, () -> EntryBundle.decode(good, 3));
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThrows(FormatException.class, () -> EntryBundle.decode(cut, 2));
    }
    byte[] longest = new byte[EntryBundle.FORMAT_MAX_ENTRY_BYTES];
    byte[] tile = EntryBundle.encode(List.of(longest));
    assertEquals(EntryBundle.maxBytes(1), tile.length);
    assertArrayEquals(longest, EntryBundle.decode(tile, 1).get(0));
    byte[] entry = new byte[EntryBundle.FORMAT_MAX_ENTRY_BYTES + 1];
    assertThrows(IllegalArgumentException.class, () -> EntryBundle.encode(List.of(entry)));
    assertThrows(IllegalArgumentException.class, () -> EntryBundle.encode(List.of()));
  }
}
