package jp.sekisho.agent.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.UUID;
import jp.sekisho.protocol.Base64Url;

/** The id of this boot of the machine: base64url of 16 bytes, new at each boot. */
public final class Boot {
  private static final Path KERNEL = Path.of("/proc/sys/kernel/random/boot_id");

  private Boot() {}

  /**
   * The kernel's boot id; where there is none, a random one, which makes each start of the agent
   * count as a boot: the stricter reading.
   */
  public static String current() {
    try {
      UUID id = UUID.fromString(Files.readString(KERNEL).strip());
      return Base64Url.encode(
          ByteBuffer.allocate(16)
              .putLong(id.getMostSignificantBits())
              .putLong(id.getLeastSignificantBits())
              .array());
    } catch (IOException | IllegalArgumentException e) {
      byte[] random = new byte[16];
      new SecureRandom().nextBytes(random);
      return Base64Url.encode(random);
    }
  }
}
