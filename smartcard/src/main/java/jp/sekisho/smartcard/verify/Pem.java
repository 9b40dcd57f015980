package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** Files that hold DER, or PEM with one or more blocks. */
public final class Pem {
  private static final byte DER_SEQUENCE = 0x30;

  private Pem() {}

  /**
   * The DER in a file: all blocks of that type in PEM, or the bytes themselves.
   *
   * @param type what the blocks are called, e.g. {@code CERTIFICATE}; others are passed over
   * @throws IOException if there is none, or the bytes are neither DER nor PEM
   */
  public static List<byte[]> blocks(byte[] content, String type) throws IOException {
    if (content.length > 0 && content[0] == DER_SEQUENCE) {
      return List.of(content.clone());
    }
    List<byte[]> blocks = new ArrayList<>();
    try (PemReader reader =
        new PemReader(new StringReader(new String(content, StandardCharsets.UTF_8)))) {
      for (PemObject block = reader.readPemObject();
          block != null;
          block = reader.readPemObject()) {
        if (block.getType().equals(type)) {
          blocks.add(block.getContent());
        }
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new IOException("broken PEM", e);
    }
    if (blocks.isEmpty()) {
      throw new IOException("neither DER nor PEM with a " + type);
    }
    return blocks;
  }
}
