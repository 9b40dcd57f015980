package jp.sekisho.policy.reader;

import jp.sekisho.policy.setting.Order;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.Shapes;

/** Settings of the section {@code readers}; the roles are a list of rules of their own. */
public final class ReaderSettings {
  /** Whether staff may log in with My Number cards. */
  public static final Setting<JpkiStaffLogin> JPKI_STAFF_LOGIN =
      Setting.required(
          "readers.jpki-staff-login",
          Shapes.word(JpkiStaffLogin.class),
          Order.smaller(),
          JpkiStaffLogin.OFF);

  private ReaderSettings() {}
}
