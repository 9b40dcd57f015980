package jp.sekisho.audit.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import jp.sekisho.audit.FormatException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TilePathTest {
  @ParameterizedTest
  @CsvSource({
    "tile/0/000, 0, 0, 256",
    "tile/0/x001/x234/067, 0, 1234067, 256",
    "tile/1/000.p/1, 1, 0, 1",
    "tile/0/x001/000.p/255, 0, 1000, 255",
    "tile/7/999, 7, 999, 256",
    "tile/0/x036/x028/x797/x018/x963/967, 0, 36028797018963967, 256"
  })
  void hashTilesAreReadAndWritten(String path, int level, long index, int width) throws Exception {
    HashTilePath tile = new HashTilePath(level, index, width);
    assertEquals(path, tile.path());
    assertEquals(tile, TilePath.parse(path));
  }

  @Test
  void entryTilesAreReadAndWritten() throws Exception {
    assertEquals("tile/entries/x001/x234/067.p/8", new EntryTilePath(1234067, 8).path());
    assertEquals(new EntryTilePath(1234067, 8), TilePath.parse("tile/entries/x001/x234/067.p/8"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/0",
        "tile/0/0000",
        "tile/8/000",
        "tile/00/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/X001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p/1/",
        "tile/0/../000",
        "tile/0/x001/000\n",
        "tile/0/٠٠٠",
        "tile/0/x036/x028/x797/x018/x963/968",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        "tile/0/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/001"
      })
  void everyOtherSpellingIsRefused(String path) {
    FormatException refusal = assertThrows(FormatException.class, () -> TilePath.parse(path));
    assertEquals(FormatException.Code.TILE_PATH_MALFORMED, refusal.code());
  }

  @Test
  @DisplayName("tlog-tiles: a tree of 256 has the full tile/0/000 and tile/1/000.p/1")
  void tilesOfATree() {
    assertEquals(List.of(), HashTilePath.ofLevel(0, 0).map(HashTilePath::path).toList());
    assertEquals(
        List.of("tile/0/000"), HashTilePath.ofLevel(0, 256).map(HashTilePath::path).toList());
    assertEquals(
        List.of("tile/1/000.p/1"), HashTilePath.ofLevel(1, 256).map(HashTilePath::path).toList());
    assertEquals(
        List.of("tile/0/000", "tile/0/001", "tile/0/002.p/1"),
        HashTilePath.ofLevel(0, 513).map(HashTilePath::path).toList());
    assertEquals(List.of(), HashTilePath.ofLevel(1, 255).map(HashTilePath::path).toList());
  }
}
