package jp.sekisho.policy;

import java.util.List;
import java.util.regex.Pattern;
import jp.sekisho.protocol.MalformedException;

/**
 * The compiled body of one signed layer below the common one: what it says, and, in a 機関's own
 * layer, which layers lie below it and whose terminals obey them.
 *
 * <p>That list is what makes a layer that was left out show: it is signed with the 機関's layer, and
 * a terminal it names takes no set without that layer. Its bytes are canonical JSON of at most
 * {@value #MAX_BYTES} bytes, format {@code sekisho/layer/v1}; one layer has one byte sequence.
 *
 * @param scope where it holds
 * @param below the layers below, ascending; empty but in a 機関's own layer
 * @param layer its rules
 */
public record ScopedLayer(LayerScope scope, List<Below> below, PolicyLayer layer) {
  /** Largest body. */
  public static final int MAX_BYTES = 256 << 10;

  private static final int MAX_BELOW = 500;

  /**
   * A layer below, and who obeys it.
   *
   * @param scope of the same 機関
   * @param terminals ids of terminals, {@code *} for any characters; 1 to 500
   */
  public record Below(LayerScope scope, List<String> terminals) {
    private static final int MAX_TERMINALS = 500;
    private static final Pattern TERMINAL = Pattern.compile("[0-9A-Z*-]{1,40}");

    /** Checks the patterns. */
    public Below {
      terminals = List.copyOf(terminals);
      if (terminals.isEmpty()
          || terminals.size() > MAX_TERMINALS
          || !terminals.stream().allMatch(one -> TERMINAL.matcher(one).matches())) {
        throw new IllegalArgumentException("terminals of " + scope.text() + " are none");
      }
    }

    /** Whether the terminal obeys it. */
    public boolean names(String terminal) {
      return terminals.stream().anyMatch(pattern -> matches(pattern, terminal));
    }

    /** Whether {@code text} is of the pattern; at most one step back per character of either. */
    private static boolean matches(String pattern, String text) {
      int at = 0;
      int star = -1;
      int from = 0;
      int i = 0;
      while (i < text.length()) {
        if (at < pattern.length() && pattern.charAt(at) == '*') {
          star = at++;
          from = i;
        } else if (at < pattern.length() && pattern.charAt(at) == text.charAt(i)) {
          at++;
          i++;
        } else if (star >= 0) {
          at = star + 1;
          i = ++from;
        } else {
          return false;
        }
      }
      while (at < pattern.length() && pattern.charAt(at) == '*') {
        at++;
      }
      return at == pattern.length();
    }
  }

  /** Checks that every part is of this scope. */
  public ScopedLayer {
    below = List.copyOf(below);
    if (layer.layer() != scope.layer()) {
      throw new IllegalArgumentException("a layer of another kind than its scope");
    }
    if (below.size() > MAX_BELOW || (scope.division() != null && !below.isEmpty())) {
      throw new IllegalArgumentException("too many layers below " + scope.text());
    }
    for (int i = 0; i < below.size(); i++) {
      LayerScope one = below.get(i).scope();
      if (!one.organ().equals(scope.organ()) || one.division() == null) {
        throw new IllegalArgumentException(one.text() + " is not below " + scope.text());
      }
      if (i > 0 && below.get(i - 1).scope().compareTo(one) >= 0) {
        throw new IllegalArgumentException("layers below are not in ascending order");
      }
    }
  }

  /** The compiled bytes. */
  public byte[] bytes() {
    return PolicyJson.write(this);
  }

  /** The layer whose compiled bytes are exactly {@code bytes}; anything unknown is malformed. */
  public static ScopedLayer parse(byte[] bytes) throws MalformedException {
    return PolicyJson.readLayer(bytes);
  }
}
