package jp.sekisho.smartcard.pcsc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which reader serves whom: an ordered list of name patterns, the first match counts, a reader that
 * matches none is {@link ReaderRole#RESIDENT}. The only source of {@link GrantedReader}s.
 *
 * @param rules in order
 */
public record ReaderRoles(List<Rule> rules) {
  /** pcsc-lite: name, perhaps serial number, the reader's number, its slot; both in hex. */
  private static final Pattern PCSC_LITE =
      Pattern.compile("(?<model>.*) (?<number>[0-9A-F]{2}) (?<slot>[0-9A-F]{2})", Pattern.DOTALL);

  /** WinSCard: name, number. */
  private static final Pattern WINSCARD =
      Pattern.compile("(?<model>.*) (?<number>[0-9]+)(?<slot>)", Pattern.DOTALL);

  /**
   * One line of the list.
   *
   * @param pattern the whole reader name; {@code *} stands for any characters, case counts
   */
  public record Rule(String pattern, ReaderRole role) {
    public Rule {
      if (pattern.isBlank()) {
        throw new IllegalArgumentException("empty reader pattern");
      }
    }

    /**
     * Reads {@code PATTERN=staff|resident|shared}.
     *
     * @throws IllegalArgumentException with a sentence for the operator
     */
    public static Rule parse(String text) {
      int at = text.lastIndexOf('=');
      return ReaderRole.parse(text.substring(at + 1))
          .filter(role -> at > 0)
          .map(role -> new Rule(text.substring(0, at), role))
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "reader role must be PATTERN=staff|resident|shared: " + text));
    }

    boolean matches(String reader) {
      String[] parts = pattern.split("\\*", -1);
      String last = parts[parts.length - 1];
      if (parts.length == 1) {
        return reader.equals(last);
      }
      if (!reader.startsWith(parts[0])) {
        return false;
      }
      int at = parts[0].length();
      for (int i = 1; i < parts.length - 1; i++) {
        int found = reader.indexOf(parts[i], at);
        if (found < 0) {
          return false;
        }
        at = found + parts[i].length();
      }
      return reader.length() - at >= last.length() && reader.endsWith(last);
    }
  }

  public ReaderRoles {
    rules = List.copyOf(rules);
  }

  /** No reader may be touched. */
  public static ReaderRoles none() {
    return new ReaderRoles(List.of());
  }

  public ReaderRole roleOf(String reader) {
    return rules.stream()
        .filter(rule -> rule.matches(reader))
        .map(Rule::role)
        .findFirst()
        .orElse(ReaderRole.RESIDENT);
  }

  /**
   * Whether a reader may be another one than its role was given to: beside it is one of the same
   * model and another role, and their names differ by nothing but the number that the card service
   * gives out in the order it finds readers in. After a restart each may have the other's.
   */
  public boolean isConfusable(String reader, List<String> plugged) {
    return plugged.stream()
        .anyMatch(other -> isNumberedAlike(reader, other) && roleOf(other) != roleOf(reader));
  }

  private static boolean isNumberedAlike(String one, String other) {
    for (Pattern names : List.of(PCSC_LITE, WINSCARD)) {
      Matcher first = names.matcher(one);
      Matcher second = names.matcher(other);
      if (first.matches() && second.matches()) {
        return first.group("model").equals(second.group("model"))
            && first.group("slot").equals(second.group("slot"))
            && !first.group("number").equals(second.group("number"));
      }
    }
    return false;
  }

  /** Permission for a staff reader; empty for every other one. */
  public Optional<GrantedReader> grant(String reader) {
    return roleOf(reader) == ReaderRole.STAFF
        ? Optional.of(new GrantedReader(this, reader, ReaderRole.STAFF, null))
        : Optional.empty();
  }

  /** Permission for a staff reader, or for a shared one as long as the prompt is open. */
  public Optional<GrantedReader> grant(String reader, PromptScope prompt) {
    return roleOf(reader) == ReaderRole.SHARED && prompt.isOpen()
        ? Optional.of(new GrantedReader(this, reader, ReaderRole.SHARED, prompt))
        : grant(reader);
  }

  /** The permissions for those of the named readers that may be touched now, in their order. */
  public List<GrantedReader> grantAll(List<String> readers, PromptScope prompt) {
    List<GrantedReader> granted = new ArrayList<>();
    readers.forEach(reader -> grant(reader, prompt).ifPresent(granted::add));
    return granted;
  }
}
