package jp.sekisho.protocol.statement;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The rules that hold for the lines of every statement, each with the ways to break it. */
enum LineRule {
  EVERY_LINE_MUST_BE_THERE {
    @Override
    List<byte[]> breakIt(byte[] text) {
      return eachLine(text, (lines, at) -> lines.remove(at.intValue()));
    }
  },
  NO_LINE_MAY_BE_REPEATED {
    @Override
    List<byte[]> breakIt(byte[] text) {
      return eachLine(text, (lines, at) -> lines.add(at, lines.get(at)));
    }
  },
  NO_LINE_MAY_BE_UNKNOWN {
    @Override
    List<byte[]> breakIt(byte[] text) {
      return eachLine(text, (lines, at) -> lines.add(at, "colour blue"));
    }
  },
  LINES_KEEP_THEIR_ORDER {
    @Override
    List<byte[]> breakIt(byte[] text) {
      return eachLine(text, (lines, at) -> Collections.swap(lines, at, (at + 1) % lines.size()));
    }
  },
  NO_VALUE_IS_EMPTY {
    @Override
    List<byte[]> breakIt(byte[] text) {
      return eachLine(text, (lines, at) -> lines.set(at, lines.get(at).replaceAll(" .*|1$", " ")));
    }
  },
  NAMES_ARE_WRITTEN_AS_DOCUMENTED {
    @Override
    List<byte[]> breakIt(byte[] text) {
      return eachLine(text, (lines, at) -> lines.set(at, lines.get(at).replaceAll("^[a-z]", "X")));
    }
  },
  ONE_SPACE_AFTER_THE_NAME {
    @Override
    List<byte[]> breakIt(byte[] text) {
      List<byte[]> broken = new ArrayList<>();
      for (String space : new String[] {"  ", "\t", "\u00a0", "\u3000", ""}) {
        broken.addAll(
            eachLine(text, (lines, at) -> lines.set(at, replaceSpace(lines.get(at), space))));
      }
      return broken;
    }
  },
  LINES_END_IN_LF {
    @Override
    List<byte[]> breakIt(byte[] text) {
      String all = string(text);
      return List.of(
          bytes(all.replace("\n", "\r\n")), bytes(all.replace("\n", "\r")), bytes(all + "\r"));
    }
  },
  THE_LAST_LINE_ENDS_TOO {
    @Override
    List<byte[]> breakIt(byte[] text) {
      return List.of(Arrays.copyOf(text, text.length - 1));
    }
  },
  NOTHING_FOLLOWS {
    @Override
    List<byte[]> breakIt(byte[] text) {
      return List.of(
          bytes(string(text) + "\n"), bytes(string(text) + "x"), bytes(string(text) + "\0"));
    }
  },
  NO_BYTE_ORDER_MARK {
    @Override
    List<byte[]> breakIt(byte[] text) {
      return List.of(bytes("\uFEFF" + string(text)));
    }
  },
  UTF_8_ONLY {
    @Override
    List<byte[]> breakIt(byte[] text) {
      byte[] overlong = insert(text, new byte[] {(byte) 0xC0, (byte) 0xAF});
      byte[] surrogate = insert(text, new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80});
      byte[] lone = insert(text, new byte[] {(byte) 0x80});
      return List.of(overlong, surrogate, lone, string(text).getBytes(StandardCharsets.UTF_16BE));
    }
  },
  NFC_ONLY {
    @Override
    List<byte[]> breakIt(byte[] text) {
      return List.of(insert(text, bytes("が")), insert(text, bytes("\u212B")));
    }
  },
  NO_CONTROL_OR_FORMAT_CHARACTER {
    @Override
    List<byte[]> breakIt(byte[] text) {
      return "\0\t\u007F\u0085\u00AD\u200B\u200E\u202E\u2028\u2029\u2066\uFEFF\uE000"
          .codePoints()
          .mapToObj(c -> insert(text, bytes(Character.toString(c))))
          .toList();
    }
  },
  AT_MOST_64_KIB {
    @Override
    List<byte[]> breakIt(byte[] text) {
      byte[] large = Arrays.copyOf(text, 64 * 1024 + 1);
      Arrays.fill(large, text.length, large.length, (byte) 'x');
      large[large.length - 1] = '\n';
      return List.of(large);
    }
  },
  THE_KIND_AND_VERSION_ARE_NAMED {
    @Override
    List<byte[]> breakIt(byte[] text) {
      String all = string(text);
      return List.of(
          bytes(all.replace("/v3\n", "/v4\n").replace("/v2\n", "/v3\n").replace("/v1\n", "/v2\n")),
          bytes(all.replaceFirst("(/v[0-9])\n", "$1 \n")),
          bytes(all.replaceFirst("sekisho/[a-z-]+", "sekisho/no-such-kind")),
          bytes(all.replaceFirst("sekisho/", "")),
          new byte[0],
          bytes("\n"));
    }
  };

  private interface Breaking {
    void change(List<String> lines, Integer at);
  }

  /** Texts that break this rule and were valid before. */
  abstract List<byte[]> breakIt(byte[] text);

  private static List<byte[]> eachLine(byte[] text, Breaking breaking) {
    List<String> lines = List.of(string(text).split("\n"));
    return IntStream.range(0, lines.size())
        .mapToObj(at -> {
          List<String> changed = new ArrayList<>(lines);
          breaking.change(changed, at);
          return bytes(String.join("\n", changed) + "\n");
        })
        .filter(changed -> !Arrays.equals(changed, text))
        .toList();
  }

  private static String replaceSpace(String line, String space) {
    return line.replaceFirst(" ", space);
  }

  /** {@code more} before the last LF, that is at the end of the last value. */
  private static byte[] insert(byte[] text, byte[] more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(text, 0, text.length - 1);
    out.writeBytes(more);
    out.write('\n');
    return out.toByteArray();
  }

  private static String string(byte[] text) {
    return new String(text, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
