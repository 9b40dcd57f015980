package jp.sekisho.audit.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.FormatException;
import org.junit.jupiter.api.Test;

/** Everything against the definition of RFC 6962 §2.1, at every size up to 300. */
class TreeAgainstNaiveTest {
  private static final List<Hash> LEAVES = Fixtures.leaves();

  private final Map<String, Hash> nodes = new HashMap<>();
  private final List<Hash> roots = new ArrayList<>();
  private final HashSource source =
      (level, index) -> {
        Hash hash = nodes.get(level + "/" + index);
        if (hash == null) {
          throw new IOException("not a complete node: " + level + "/" + index);
        }
        return hash;
      };

  TreeAgainstNaiveTest() {
    Frontier frontier = Frontier.empty();
    roots.add(frontier.root());
    for (Hash leaf : LEAVES) {
      frontier =
          frontier.append(leaf, (level, index, hash) -> nodes.put(level + "/" + index, hash));
      roots.add(frontier.root());
    }
  }

  @Test
  void everyRootIsTheDefinitions() {
    for (int size = 0; size <= LEAVES.size(); size++) {
      assertEquals(Fixtures.naiveRoot(LEAVES.subList(0, size)), roots.get(size));
    }
  }

  @Test
  void aTreeThatGrowsInPlaceIsTheSameAndItsCopyAnother() {
    GrowingTree tree = new GrowingTree();
    Map<String, Hash> completed = new HashMap<>();
    for (int size = 0; size < LEAVES.size(); size++) {
      assertEquals(roots.get(size), tree.root());
      GrowingTree other = tree.copy();
      other.append(LEAVES.get(0), (level, index, hash) -> {});
      tree.append(
          LEAVES.get(size), (level, index, hash) -> completed.put(level + "/" + index, hash));
      assertEquals(size + 1, tree.size());
      assertEquals(size == 0, other.root().equals(tree.root()));
    }
    assertEquals(nodes, completed);
  }

  @Test
  void appendingGoesOnFromStoredBytesAtEverySize() throws Exception {
    Frontier stored = Frontier.empty();
    for (Hash leaf : LEAVES) {
      Frontier read = Frontier.parse(stored.toBytes());
      assertEquals(stored, read);
      stored = read.append(leaf);
    }
    assertEquals(roots.get(LEAVES.size()), stored.root());
    assertArrayEquals(Fixtures.bytes("frontier-300.bin"), stored.toBytes());
  }

  @Test
  void storedBytesOfAnotherLengthAreRefused() {
    byte[] stored = Fixtures.bytes("frontier-300.bin");
    for (int length = 0; length < stored.length; length++) {
      byte[] cut = Arrays.copyOf(stored, length);
      assertThrows(FormatException.class, () -> Frontier.parse(cut));
    }
    assertThrows(FormatException.class, () -> Frontier.parse(Arrays.copyOf(stored, 1000)));
    byte[] negative = new byte[8 + 32];
    negative[0] = (byte) 0x80;
    assertThrows(FormatException.class, () -> Frontier.parse(negative));
  }

  @Test
  void everyCompleteNodeIsAnnouncedWithItsHash() {
    for (int level = 0; level < 9; level++) {
      for (int index = 0; (index + 1) << level <= LEAVES.size(); index++) {
        List<Hash> covered = LEAVES.subList(index << level, (index + 1) << level);
        assertEquals(Fixtures.naiveRoot(covered), nodes.get(level + "/" + index));
      }
    }
  }

  @Test
  void everyLeafIsProvedInEverySizeAndInNoOtherPlace() throws Exception {
    for (int size = 1; size <= LEAVES.size(); size += size < 70 ? 1 : 23) {
      for (int index = 0; index < size; index++) {
        InclusionProof proof = InclusionProof.build(source, index, size);
        assertTrue(proof.proves(LEAVES.get(index), roots.get(size)));
        assertFalse(proof.proves(LEAVES.get((index + 1) % 300), roots.get(size)));
        assertFalse(proof.proves(LEAVES.get(index), roots.get(size - 1)));
        int elsewhere = (index + 1) % size;
        assertEquals(
            size == 1,
            new InclusionProof(elsewhere, size, proof.path())
                .proves(LEAVES.get(index), roots.get(size)));
        assertLengthMatters(proof, LEAVES.get(index), roots.get(size));
      }
    }
  }

  private static void assertLengthMatters(InclusionProof proof, Hash leaf, Hash root) {
    List<Hash> longer = new ArrayList<>(proof.path());
    longer.add(leaf);
    assertFalse(new InclusionProof(proof.index(), proof.size(), longer).proves(leaf, root));
    if (!proof.path().isEmpty()) {
      List<Hash> shorter = proof.path().subList(0, proof.path().size() - 1);
      assertFalse(new InclusionProof(proof.index(), proof.size(), shorter).proves(leaf, root));
    }
  }

  @Test
  void everyContinuationIsProvedAndNoForkIs() throws Exception {
    for (int size = 0; size <= LEAVES.size(); size += size < 70 ? 1 : 23) {
      for (int old = 0; old <= size; old++) {
        ConsistencyProof proof = ConsistencyProof.build(source, old, size);
        assertTrue(proof.proves(roots.get(old), roots.get(size)));
        Hash fork = Rfc6962.leaf(new byte[] {1, 2, 3});
        assertFalse(proof.proves(fork, roots.get(size)));
        // From nothing, anything is a continuation.
        assertEquals(old == 0 && size > 0, proof.proves(roots.get(old), fork));
        List<Hash> longer = new ArrayList<>(proof.path());
        longer.add(fork);
        assertFalse(
            new ConsistencyProof(old, size, longer).proves(roots.get(old), roots.get(size)));
        for (int i = 0; i < proof.path().size(); i++) {
          List<Hash> bent = new ArrayList<>(proof.path());
          bent.set(i, fork);
          assertFalse(
              new ConsistencyProof(old, size, bent).proves(roots.get(old), roots.get(size)));
        }
      }
    }
  }

  @Test
  void thereIsNoProofOutsideTheTree() {
    assertThrows(IllegalArgumentException.class, () -> InclusionProof.build(source, 5, 5));
    assertThrows(IllegalArgumentException.class, () -> InclusionProof.build(source, -1, 5));
    assertThrows(IllegalArgumentException.class, () -> ConsistencyProof.build(source, 6, 5));
    assertThrows(IllegalArgumentException.class, () -> ConsistencyProof.build(source, -1, 5));
  }
}
