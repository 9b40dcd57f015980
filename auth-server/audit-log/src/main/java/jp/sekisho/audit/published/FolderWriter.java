package jp.sekisho.audit.published;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.tile.EntryBundle;
import jp.sekisho.audit.tile.EntryTilePath;
import jp.sekisho.audit.tile.HashTile;
import jp.sekisho.audit.tile.TileAssembler;
import jp.sekisho.audit.tile.TilePath;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Rfc6962;

/**
 * Writes a log of given entries as a published folder, streaming, the checkpoint last: so that
 * other implementations of the format can be compared with this one byte for byte.
 */
public final class FolderWriter {
  private FolderWriter() {}

  /**
   * Writes and signs.
   *
   * @param folder must not exist
   * @param entries each at most {@link EntryBundle#FORMAT_MAX_ENTRY_BYTES} long
   * @param signer whose key's name is the origin
   * @throws IOException if writing fails or an entry is too long
   */
  public static Checkpoint write(Path folder, Iterator<byte[]> entries, LogSigner signer)
      throws IOException {
    Files.createDirectories(folder.toAbsolutePath().getParent());
    Files.createDirectory(folder);
    Frontier tree = Frontier.empty();
    TileAssembler tiles = new TileAssembler();
    List<byte[]> bundle = new ArrayList<>();
    while (entries.hasNext()) {
      byte[] entry = entries.next();
      if (entry.length > EntryBundle.FORMAT_MAX_ENTRY_BYTES) {
        throw new IOException("entry " + tree.size() + " is longer than the format can hold");
      }
      bundle.add(entry);
      tree = tree.append(Rfc6962.leaf(entry), tiles);
      if (bundle.size() == TilePath.FULL) {
        writeEntries(folder, tree.size(), bundle);
        for (HashTile tile : tiles.drainFinished()) {
          put(folder, tile.path(), tile.contents());
        }
      }
    }
    if (!bundle.isEmpty()) {
      writeEntries(folder, tree.size(), bundle);
    }
    for (HashTile tile : tiles.drain()) {
      put(folder, tile.path(), tile.contents());
    }
    Checkpoint checkpoint = Checkpoint.of(signer.verifierKey().name(), tree);
    put(folder, "checkpoint", checkpoint.sign(signer).toBytes());
    return checkpoint;
  }

  private static void writeEntries(Path folder, long size, List<byte[]> bundle) throws IOException {
    EntryTilePath path = new EntryTilePath((size - 1) / TilePath.FULL, bundle.size());
    put(folder, path, EntryBundle.encode(bundle));
    bundle.clear();
  }

  private static void put(Path folder, TilePath path, byte[] contents) throws IOException {
    put(folder, path.path(), contents);
  }

  private static void put(Path folder, String path, byte[] contents) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, contents, StandardOpenOption.CREATE_NEW);
  }
}
