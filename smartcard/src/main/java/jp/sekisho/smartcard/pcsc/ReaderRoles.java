package jp.sekisho.smartcard.pcsc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which reader serves whom: an ordered list of name patterns, the first match counts, a reader that
 * matches none is {@link ReaderRole#RESIDENT}. The only source of {@link GrantedReader}s.
 *
 * @param rules in order
 */
public record ReaderRoles(List<Rule> rules) {

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
      StringBuilder regex = new StringBuilder();
      for (String part : pattern.split("\\*", -1)) {
        regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
      }
      return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(reader).matches();
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

  /** Permission for a staff reader; empty for every other one. */
  public Optional<GrantedReader> grant(String reader) {
    return roleOf(reader) == ReaderRole.STAFF
        ? Optional.of(new GrantedReader(reader, ReaderRole.STAFF, null))
        : Optional.empty();
  }

  /** Permission for a staff reader, or for a shared one as long as the prompt is open. */
  public Optional<GrantedReader> grant(String reader, PromptScope prompt) {
    return roleOf(reader) == ReaderRole.SHARED && prompt.isOpen()
        ? Optional.of(new GrantedReader(reader, ReaderRole.SHARED, prompt))
        : grant(reader);
  }

  /** The permissions for those of the named readers that may be touched now, in their order. */
  public List<GrantedReader> grantAll(List<String> readers, PromptScope prompt) {
    List<GrantedReader> granted = new ArrayList<>();
    readers.forEach(reader -> grant(reader, prompt).ifPresent(granted::add));
    return granted;
  }
}
