package jp.sekisho.agent.platform.linux.x11;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A display of this machine, as {@code DISPLAY} names it, and what opens it.
 *
 * @param number of the display
 * @param authority the file with its cookie; null for none
 */
public record DisplayName(int number, @Nullable Path authority) {
  private static final Pattern LOCAL = Pattern.compile("(?:unix)?:(\\d{1,5})(?:\\.\\d+)?");
  private static final String COOKIE = "MIT-MAGIC-COOKIE-1";
  private static final int LOCAL_FAMILY = 256;
  private static final int ANY_FAMILY = 65535;
  private static final int LARGEST_FILE = 1 << 20;

  /**
   * Reads it; empty for a display of another machine, whose programs nobody here can name.
   *
   * @param authority as {@code XAUTHORITY} says; null for the file in {@code home}
   */
  public static Optional<DisplayName> parse(
      String display, @Nullable String authority, @Nullable String home) {
    Matcher local = LOCAL.matcher(display);
    if (!local.matches()) {
      return Optional.empty();
    }
    Path file =
        authority != null && !authority.isEmpty()
            ? Path.of(authority)
            : home == null ? null : Path.of(home, ".Xauthority");
    return Optional.of(new DisplayName(Integer.parseInt(local.group(1)), file));
  }

  /** Its socket. */
  Path socket() {
    return Path.of("/tmp/.X11-unix/X" + number);
  }

  /** The cookie for it; empty where there is none, as for a display that needs none. */
  byte[] cookie() throws IOException {
    if (authority == null || !Files.isReadable(authority)) {
      return new byte[0];
    }
    byte[] bytes;
    try (var in = Files.newInputStream(authority)) {
      bytes = in.readNBytes(LARGEST_FILE);
    }
    try {
      return cookie(ByteBuffer.wrap(bytes), Integer.toString(number));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** Entries of {@code u16 family, address, number, name, data}, each with its u16 length. */
  static byte[] cookie(ByteBuffer file, String wanted) {
    while (file.remaining() >= 2) {
      int family = Short.toUnsignedInt(file.getShort());
      byte[] address = field(file);
      byte[] number = field(file);
      byte[] name = field(file);
      byte[] data = field(file);
      if (address == null || number == null || name == null || data == null) {
        return new byte[0];
      }
      String of = new String(number, StandardCharsets.US_ASCII);
      boolean fits =
          (family == LOCAL_FAMILY || family == ANY_FAMILY)
              && (of.isEmpty() || of.equals(wanted))
              && new String(name, StandardCharsets.US_ASCII).equals(COOKIE);
      if (fits) {
        return data;
      }
    }
    return new byte[0];
  }

  private static byte @Nullable [] field(ByteBuffer file) {
    if (file.remaining() < 2) {
      return null;
    }
    int length = Short.toUnsignedInt(file.getShort());
    if (file.remaining() < length) {
      return null;
    }
    byte[] field = new byte[length];
    file.get(field);
    return field;
  }
}
