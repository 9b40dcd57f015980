package jp.sekisho.agent.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.protocol.Sha256;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T01:02:03Z");
  private static final String LOST = Sha256.text(new byte[] {1});
  private static final String STOLEN = Sha256.text(new byte[] {2});

  private final SignedSet set = new SignedSet(NOW);
  @TempDir Path temp;

  private TrustBundle bundle(long version) {
    return set.bundle(version, NOW.plusSeconds(version), List.of(), Map.of());
  }

  @Test
  @DisplayName("what a new root clears stays revoked until the new files are on the disk")
  void cutInBetween() throws Exception {
    PolicyStore store = new PolicyStore(temp.resolve("trust"));
    TrustBundle first = bundle(1);
    store.store(first, Set.of(LOST));
    Path inTheWay =
        Files.createDirectories(temp.resolve("trust").resolve("bundle.new").resolve("x"));
    assertThrows(IOException.class, () -> store.store(bundle(2), Set.of(STOLEN)));
    PolicyStore.Kept kept = store.load().orElseThrow();
    assertArrayEquals(first.bytes(), kept.files().bytes());
    assertEquals(Set.of(LOST, STOLEN), kept.revoked());
    Files.delete(inTheWay);
    store.store(bundle(2), Set.of(STOLEN));
    assertEquals(Set.of(STOLEN), store.load().orElseThrow().revoked());
  }
}
