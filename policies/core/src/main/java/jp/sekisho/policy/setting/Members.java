package jp.sekisho.policy.setting;

import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.MalformedException;
import org.jspecify.annotations.Nullable;

/** The members of one JSON object, each taken once; what is left over is unknown. */
public final class Members {
  private final Map<String, Object> left = new TreeMap<>();
  private final String name;

  private Members(Map<?, ?> members, String name) {
    this.name = name;
    members.forEach((key, value) -> left.put((String) key, value));
  }

  /** The members of {@code json}, which errors call {@code name}. */
  public static Members of(Object json, String name) throws MalformedException {
    if (!(json instanceof Map<?, ?> map)) {
      throw new MalformedException(name + " is not an object");
    }
    return new Members(map, name);
  }

  /** Takes a member that need not be there. */
  public @Nullable Object takeOptional(String member) {
    return left.remove(member);
  }

  /** Takes a member. */
  public Object take(String member) throws MalformedException {
    Object value = left.remove(member);
    if (value == null) {
      throw new MalformedException(name + " without " + member);
    }
    return value;
  }

  /** Takes a member that is text. */
  public String text(String member) throws MalformedException {
    if (take(member) instanceof String text) {
      return text;
    }
    throw new MalformedException(name + "." + member + " is not text");
  }

  /** The names of what was not taken. */
  public Iterable<String> names() {
    return java.util.List.copyOf(left.keySet());
  }

  /** Says that nothing may be left. */
  public void end() throws MalformedException {
    if (!left.isEmpty()) {
      throw new MalformedException(name + " has an unknown member");
    }
  }
}
