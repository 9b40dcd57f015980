package jp.sekisho.audit.bundle;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import jp.sekisho.audit.tree.Hash;

/** Leaf hashes on their way from the entries to the tiles, in a temporary file of 32 bytes each. */
final class LeafSpool implements AutoCloseable {
  private final Path file = Files.createTempFile("sekisho-leaves", ".bin");
  private final OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
  private InputStream in = InputStream.nullInputStream();

  LeafSpool() throws IOException {}

  void write(Hash leaf) throws IOException {
    out.write(leaf.bytes());
  }

  /** Ends writing; reading begins at the first hash. */
  void rewind() throws IOException {
    out.close();
    in = new BufferedInputStream(Files.newInputStream(file));
  }

  byte[] read(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length != length) {
      throw new EOFException("fewer leaf hashes than entries");
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    out.close();
    in.close();
    Files.deleteIfExists(file);
  }
}
