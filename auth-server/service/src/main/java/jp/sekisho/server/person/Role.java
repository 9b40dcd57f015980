package jp.sekisho.server.person;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a person may do in one organ; nobody is both ADMIN and AUDITOR of the same. */
public enum Role {
  /** Works at terminals. */
  CLERK,
  /** Approves what leaves. */
  APPROVER,
  /** Registers terminals, cards and persons (情報システム管理者). */
  ADMIN,
  /** Reads and exports the organ's log (情報セキュリティ監査員). */
  AUDITOR,
  /** ポリシー署名責任者: one of the k officers who sign root and policy. */
  POLICY_OFFICER,
  /** 最高情報セキュリティ責任者. */
  CISO;

  /** Whether a person of another body may hold it here while lent. */
  boolean isLendable() {
    return this != ADMIN && this != CISO;
  }

  /** The role called {@code text}, in either case. */
  static Optional<Role> parse(String text) {
    for (Role role : values()) {
      if (role.name().equals(text.toUpperCase(Locale.ROOT))) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  /** All names, as a message shows them. */
  static String all() {
    List<String> names = Arrays.stream(values()).map(Role::name).toList();
    return String.join(" ", names);
  }
}
