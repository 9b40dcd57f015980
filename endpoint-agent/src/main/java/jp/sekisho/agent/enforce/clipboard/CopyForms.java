package jp.sekisho.agent.enforce.clipboard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import jp.sekisho.policy.clipboard.CopyFormat;

/** What the names that programs give the forms of a copy mean: X11 targets and MIME types. */
public final class CopyForms {
  /** Most forms of one copy that are held. */
  public static final int MOST = 16;

  /** Encodings of one text, the one that says most first: of these one is enough. */
  private static final List<String> TEXTS =
      List.of("utf8_string", "text/plain;charset=utf-8", "text/plain", "string");

  private static final List<String> RICH =
      List.of("text/html", "text/rtf", "application/rtf", "text/richtext", "text/csv");

  private CopyForms() {}

  /** What {@code name} is; empty when nobody here knows. */
  public static Optional<CopyFormat> formatOf(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String type = lower.replaceFirst("\\s*;.*", "");
    if (TEXTS.contains(lower)
        || type.equals("text/plain")
        || type.equals("text")
        || type.equals("compound_text")) {
      return Optional.of(CopyFormat.TEXT);
    }
    if (RICH.contains(type) || type.equals("text/tab-separated-values")) {
      return Optional.of(CopyFormat.RICH_TEXT);
    }
    if (type.startsWith("image/")) {
      return Optional.of(CopyFormat.IMAGE);
    }
    if (type.equals("text/uri-list") || type.startsWith("x-special/") || type.equals("file_name")) {
      return Optional.of(CopyFormat.FILES);
    }
    return Optional.empty();
  }

  /**
   * Which of the forms a program offers are held: text first, one picture instead of the same in
   * ten encodings, then what only programs of one kind read.
   */
  public static List<String> choose(List<String> offered) {
    Set<String> known = new HashSet<>();
    List<String> all = new ArrayList<>();
    Consumer<String> add =
        name -> {
          if (all.size() < MOST && known.add(name)) {
            all.add(name);
          }
        };
    for (String text : TEXTS) {
      offered.stream().filter(name -> name.equalsIgnoreCase(text)).forEach(add);
    }
    boolean text = !all.isEmpty();
    offered.stream()
        .filter(name -> is(name, CopyFormat.RICH_TEXT) || is(name, CopyFormat.FILES))
        .forEach(add);
    offered.stream()
        .filter(name -> is(name, CopyFormat.IMAGE))
        .min(
            Comparator.comparingInt(
                name -> name.equalsIgnoreCase("image/png") ? 0 : offered.indexOf(name) + 1))
        .ifPresent(add);
    offered.stream()
        .filter(name -> !is(name, CopyFormat.IMAGE))
        .filter(name -> !text || !is(name, CopyFormat.TEXT))
        .filter(CopyForms::isContent)
        .forEach(add);
    return List.copyOf(all);
  }

  private static boolean is(String name, CopyFormat format) {
    return formatOf(name).filter(format::equals).isPresent();
  }

  /** Not a question to the owner, such as when it copied, or an order to change something. */
  private static boolean isContent(String name) {
    return switch (name) {
      case "TARGETS", "MULTIPLE", "TIMESTAMP", "SAVE_TARGETS", "DELETE" -> false;
      case "INSERT_SELECTION", "INSERT_PROPERTY", "ADOBE", "HOST_NAME", "USER" -> false;
      case "PIXMAP", "BITMAP", "DRAWABLE", "COLORMAP", "WINDOW", "CLIENT_WINDOW" -> false;
      default -> true;
    };
  }
}
