package jp.sekisho.server.person;

import java.util.Locale;
import java.util.Optional;

/** What a person may do in one organ; nobody is both ADMIN and AUDITOR of the same. */
public enum Role {
  /** Works at terminals. */
  CLERK,
  /** Approves what leaves. */
  APPROVER,
  /** Registers terminals, cards and persons. */
  ADMIN,
  /** Reads and exports the organ's log. */
  AUDITOR;

  /** The role called {@code text}, in either case. */
  static Optional<Role> parse(String text) {
    for (Role role : values()) {
      if (role.name().equals(text.toUpperCase(Locale.ROOT))) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
