package jp.sekisho.audit.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import jp.sekisho.audit.Fixtures;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The eight-leaf tree of google/certificate-transparency's merkletree tests. */
class Rfc6962VectorsTest {
  private static final List<Hash> LEAVES =
      List.of(
              "",
              "00",
              "10",
              "2021",
              "3031",
              "40414243",
              "5051525354555657",
              "606162636465666768696a6b6c6d6e6f")
          .stream()
          .map(hex -> Rfc6962.leaf(HexFormat.of().parseHex(hex)))
          .toList();

  private static final List<Hash> ROOTS =
      Fixtures.hashes(
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  private final HashSource source =
      (level, index) ->
          Fixtures.naiveRoot(LEAVES.subList((int) index << level, ((int) index + 1) << level));

  @Test
  @DisplayName("§2.1 the frontier has the published root at every size")
  void roots() {
    Frontier frontier = Frontier.empty();
    assertEquals(ROOTS.get(0), frontier.root());
    for (int i = 0; i < LEAVES.size(); i++) {
      frontier = frontier.append(LEAVES.get(i));
      assertEquals(ROOTS.get(i + 1), frontier.root());
    }
  }

  @Test
  @DisplayName("§2.1.1 audit paths are the published ones")
  void inclusion() throws Exception {
    assertEquals(
        Fixtures.hashes(
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"),
        InclusionProof.build(source, 0, 8).path());
    InclusionProof sixth = InclusionProof.build(source, 5, 8);
    assertEquals(
        Fixtures.hashes(
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        sixth.path());
    assertTrue(sixth.proves(LEAVES.get(5), ROOTS.get(8)));
  }

  @Test
  @DisplayName("§2.1.2 consistency proofs are the published ones")
  void consistency() throws Exception {
    assertEquals(
        Fixtures.hashes(
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"),
        ConsistencyProof.build(source, 1, 8).path());
    assertEquals(
        Fixtures.hashes(
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ConsistencyProof.build(source, 6, 8).path());
    ConsistencyProof proof = ConsistencyProof.build(source, 2, 5);
    assertEquals(
        Fixtures.hashes(
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
        proof.path());
    assertTrue(proof.proves(ROOTS.get(2), ROOTS.get(5)));
  }
}
