package jp.sekisho.policy.source;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** How the bytes of a text file become characters; anything that does not fit is refused. */
enum TextEncoding {
  /** UTF-16 if it begins with its byte order mark, else UTF-8, else Windows-31J. */
  AUTO,
  /** UTF-8. */
  UTF_8,
  /** UTF-16, big-endian without a byte order mark. */
  UTF_16,
  /** Windows-31J, what Japanese Windows calls ANSI and most people Shift_JIS. */
  WINDOWS_31J;

  /** The name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  DecodedText decode(byte[] bytes, Path file) throws InputFile.UnreadableException {
    for (Charset charset : candidates(bytes)) {
      try {
        String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        return new DecodedText(text, charset);
      } catch (CharacterCodingException e) {
        // The next candidate, or none.
      }
    }
    throw new InputFile.UnreadableException(Exit.REFUSED, "error.not-text", file.toString());
  }

  private List<Charset> candidates(byte[] bytes) {
    Charset windows = Charset.forName("windows-31j");
    return switch (this) {
      case AUTO ->
          startsWith(bytes, 0xFE, 0xFF) || startsWith(bytes, 0xFF, 0xFE)
              ? List.of(StandardCharsets.UTF_16)
              : List.of(StandardCharsets.UTF_8, windows);
      case UTF_8 -> List.of(StandardCharsets.UTF_8);
      case UTF_16 -> List.of(StandardCharsets.UTF_16);
      case WINDOWS_31J -> List.of(windows);
    };
  }

  private static boolean startsWith(byte[] bytes, int first, int second) {
    return bytes.length >= 2 && (bytes[0] & 0xFF) == first && (bytes[1] & 0xFF) == second;
  }
}
