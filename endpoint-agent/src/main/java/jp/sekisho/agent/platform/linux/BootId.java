package jp.sekisho.agent.platform.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Sha256;

/**
 * The terminal's boot as statements name it: the first 16 bytes of the SHA-256 of the kernel's
 * random boot id, base64url. The id itself is readable by every program of the terminal and other
 * software sends it around, so it is not shown.
 */
public final class BootId {
  private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");
  private static final int BYTES = 16;

  private BootId() {}

  /** This boot: 22 characters, the same for every process until the next boot. */
  public static String current() throws IOException {
    return of(Files.readString(FILE, StandardCharsets.US_ASCII));
  }

  static String of(String kernelId) throws IOException {
    String id = kernelId.strip();
    try {
      if (!UUID.fromString(id).toString().equals(id)) {
        throw new IOException("the kernel's boot id is not a UUID");
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("the kernel's boot id is not a UUID", e);
    }
    byte[] digest = Sha256.of(("sekisho/boot/v1\n" + id).getBytes(StandardCharsets.US_ASCII));
    return Base64Url.encode(Arrays.copyOf(digest, BYTES));
  }
}
