package jp.sekisho.agent.enforce.clipboard;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.policy.clipboard.CopyFormat;
import jp.sekisho.policy.number.NumberDetector;
import jp.sekisho.policy.number.NumberFindings;
import jp.sekisho.policy.number.Score;
import org.jspecify.annotations.Nullable;

/**
 * Something a program copied, taken over from it: each form with its content, and from which
 * program. Letting go overwrites it. For one thread.
 */
public final class HeldCopy {
  /** Longer texts are not searched, and count as if they held a number. */
  public static final int MOST_SEARCHED = 2 << 20;

  private final String from;
  private final Map<String, Content> forms = new LinkedHashMap<>();
  private final Map<String, Searched> searched = new LinkedHashMap<>();

  /**
   * What was found in one form.
   *
   * @param whole its text was searched to the end
   * @param number the highest score; null for none
   */
  public record Searched(boolean whole, @Nullable Score number) {
    private static final Searched NOT = new Searched(false, null);
  }

  /**
   * @param from name of the program it was copied in; empty when it is not known
   */
  public HeldCopy(String from) {
    this.from = from;
  }

  /** Name of the program it was copied in; empty when it is not known. */
  public String from() {
    return from;
  }

  /** Adds one form; its content is held by this from now on. */
  public void add(String form, Content content) {
    Content before = forms.put(form, content);
    if (before != null) {
      before.release();
    }
  }

  /** The forms there are, in the order in which they came. */
  public List<String> forms() {
    return List.copyOf(forms.keySet());
  }

  /** The content of one form. */
  public Optional<Content> content(String form) {
    return Optional.ofNullable(forms.get(form));
  }

  /** What a paste of one form into {@code to} would bring over. */
  public Crossing crossing(Board board, String form, String to) {
    Searched found = searched.computeIfAbsent(form, this::search);
    int size = content(form).map(Content::size).orElse(0);
    return new Crossing(
        board,
        from,
        to,
        CopyForms.formatOf(form).map(List::of).orElse(List.of()),
        size,
        found.whole(),
        found.number());
  }

  /**
   * What is found in a form. With one that has a layout the text beside it counts too: the same
   * digits may stand in cells there.
   */
  Searched search(String form) {
    CopyFormat format = CopyForms.formatOf(form).orElse(null);
    Content content = forms.get(form);
    if (content == null || format == CopyFormat.IMAGE || format == CopyFormat.FILES) {
      return Searched.NOT;
    }
    if (format == CopyFormat.TEXT) {
      return text(form, content, false);
    }
    if (format == CopyFormat.RICH_TEXT) {
      String type = form.toLowerCase(Locale.ROOT);
      if (!type.startsWith("text/html") && !type.startsWith("text/csv")) {
        return Searched.NOT;
      }
      Searched best = text(form, content, type.startsWith("text/html"));
      for (Map.Entry<String, Content> other : forms.entrySet()) {
        if (CopyForms.formatOf(other.getKey()).filter(CopyFormat.TEXT::equals).isPresent()) {
          best = worse(best, text(other.getKey(), other.getValue(), false));
        }
      }
      return best;
    }
    return Searched.NOT;
  }

  private static Searched worse(Searched one, Searched other) {
    Score number =
        one.number() == null
                || (other.number() != null && other.number().compareTo(one.number()) > 0)
            ? other.number()
            : one.number();
    return new Searched(one.whole() && other.whole(), number);
  }

  private static Searched text(String form, Content content, boolean tags) {
    if (content.size() > MOST_SEARCHED) {
      return Searched.NOT;
    }
    ByteBuffer bytes = ByteBuffer.allocateDirect(Math.max(1, content.size()));
    content.read(0, bytes);
    bytes.flip();
    Charset charset = charset(form, bytes);
    if (charset == null) {
      Content.wipe(bytes);
      return Searched.NOT;
    }
    CharBuffer text = CharBuffer.allocate(0);
    try {
      // Malformed bytes could be anything to whoever pastes them.
      text = charset.newDecoder().decode(bytes);
      Searched found = score(text);
      if (tags) {
        CharBuffer plain = withoutTags(text);
        found = worse(found, score(plain));
        Arrays.fill(plain.array(), '\0');
      }
      return found;
    } catch (CharacterCodingException e) {
      return Searched.NOT;
    } finally {
      Arrays.fill(text.array(), '\0');
      Content.wipe(bytes);
    }
  }

  private static @Nullable Charset charset(String form, ByteBuffer bytes) {
    String name = form.toLowerCase(Locale.ROOT);
    if (bytes.remaining() >= 2) {
      int mark = (bytes.get(0) & 0xFF) << 8 | (bytes.get(1) & 0xFF);
      if (mark == 0xFEFF || mark == 0xFFFE) {
        return StandardCharsets.UTF_16;
      }
    }
    if (name.equals("string")) {
      return StandardCharsets.ISO_8859_1;
    }
    if (name.contains("charset=") && !name.matches(".*charset=\"?utf-?8\"?.*")) {
      return null;
    }
    return name.equals("text") || name.equals("compound_text") ? null : StandardCharsets.UTF_8;
  }

  private static Searched score(CharBuffer text) {
    NumberFindings found = NumberDetector.scan(text);
    return new Searched(
        true,
        found.count(Score.HIGH) > 0 ? Score.HIGH : found.count(Score.LOW) > 0 ? Score.LOW : null);
  }

  /** A number may be cut by tags, or its digits written as references; both are undone. */
  private static CharBuffer withoutTags(CharBuffer html) {
    CharBuffer plain = CharBuffer.allocate(html.length());
    int at = 0;
    while (at < html.length()) {
      char next = html.charAt(at);
      int end = next == '<' ? indexOf(html, '>', at) : -1;
      if (end > 0) {
        at = end + 1;
        continue;
      }
      int reference = next == '&' ? indexOf(html, ';', at) : -1;
      int digit = reference > 0 ? digit(html, at, reference) : -1;
      plain.put(digit < 0 ? next : (char) ('0' + digit));
      at = digit < 0 ? at + 1 : reference + 1;
    }
    return plain.flip();
  }

  private static int indexOf(CharBuffer text, char wanted, int from) {
    for (int at = from; at < Math.min(text.length(), from + 4096); at++) {
      if (text.charAt(at) == wanted) {
        return at;
      }
    }
    return -1;
  }

  /** The digit that a numeric character reference stands for; -1 for none. */
  private static int digit(CharBuffer html, int at, int end) {
    if (end - at < 4 || end - at > 12 || html.charAt(at + 1) != '#') {
      return -1;
    }
    boolean hex = html.charAt(at + 2) == 'x' || html.charAt(at + 2) == 'X';
    int code = 0;
    for (int each = at + (hex ? 3 : 2); each < end; each++) {
      int value = Character.digit(html.charAt(each), hex ? 16 : 10);
      if (value < 0) {
        return -1;
      }
      code = code * (hex ? 16 : 10) + value;
    }
    return code >= '0' && code <= '9' ? code - '0' : -1;
  }

  /** Lets go of every form. */
  public void release() {
    forms.values().forEach(Content::release);
    forms.clear();
    searched.clear();
  }
}
