package jp.sekisho.agent.platform.linux;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One line of {@code /proc/self/mountinfo} (proc(5)).
 *
 * @param device {@code major:minor} of the block device
 * @param target where it is mounted; a character for each byte
 * @param source what is mounted, mostly a block device's node; the only word on it where the file
 *     system has no number of its own (btrfs: major 0)
 * @param options of this mount, such as {@code ro nosuid}
 * @param superOptions of the file system itself
 */
record Mount(
    String device, String target, String source, Set<String> options, Set<String> superOptions) {
  /** Reads a line; empty when it has another form. */
  static Optional<Mount> parse(String line) {
    List<String> fields = List.of(line.split(" ", -1));
    int dash = fields.indexOf("-");
    if (dash < 6 || fields.size() < dash + 4) {
      return Optional.empty();
    }
    return Optional.of(
        new Mount(
            fields.get(2),
            unescape(fields.get(4)),
            unescape(fields.get(dash + 2)),
            Set.of(distinct(fields.get(5))),
            Set.of(distinct(fields.get(dash + 3)))));
  }

  private static String[] distinct(String options) {
    return java.util.Arrays.stream(options.split(",", -1)).distinct().toArray(String[]::new);
  }

  /** The kernel writes blank, tab, line end and backslash as three octal digits. */
  private static String unescape(String text) {
    byte[] in = text.getBytes(StandardCharsets.ISO_8859_1);
    byte[] out = new byte[in.length];
    int length = 0;
    for (int i = 0; i < in.length; i++) {
      if (in[i] == '\\' && i + 3 < in.length) {
        out[length++] =
            (byte) ((in[i + 1] - '0') << 6 | (in[i + 2] - '0') << 3 | (in[i + 3] - '0'));
        i += 3;
      } else {
        out[length++] = in[i];
      }
    }
    return new String(out, 0, length, StandardCharsets.ISO_8859_1);
  }
}
