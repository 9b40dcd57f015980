package jp.sekisho.smartcard.pcsc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Permission to connect one reader. Only {@link ReaderRoles} makes these. Thread-safe. */
public final class GrantedReader {
  private final ReaderRoles roles;
  private final String name;
  private final ReaderRole role;
  private final @Nullable PromptScope prompt;

  GrantedReader(ReaderRoles roles, String name, ReaderRole role, @Nullable PromptScope prompt) {
    if (role == ReaderRole.RESIDENT || (role == ReaderRole.SHARED && prompt == null)) {
      throw new IllegalArgumentException("never granted: " + role);
    }
    this.roles = roles;
    this.name = name;
    this.role = role;
    this.prompt = prompt;
  }

  /** The reader's PC/SC name. */
  public String name() {
    return name;
  }

  public ReaderRole role() {
    return role;
  }

  /** A shared reader's permission ends with the prompt it was granted for. */
  boolean isValid() {
    return prompt == null || prompt.isOpen();
  }

  /** {@link ReaderRoles#isConfusable} among these. */
  boolean isConfusable(List<String> plugged) {
    return roles.isConfusable(name, plugged);
  }

  @Override
  public String toString() {
    return name + " (" + role.code() + ")";
  }
}
