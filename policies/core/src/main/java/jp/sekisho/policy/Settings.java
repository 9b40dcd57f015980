package jp.sekisho.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.policy.audit.AuditSettings;
import jp.sekisho.policy.calendar.CalendarSettings;
import jp.sekisho.policy.clipboard.ClipboardSettings;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.media.MediaSettings;
import jp.sekisho.policy.reader.ReaderSettings;
import jp.sekisho.policy.setting.Order;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.Shapes;
import jp.sekisho.policy.usb.UsbSettings;

/** Everything a policy can set, besides the roles of readers. */
public final class Settings {
  /** The segment of the terminals. */
  public static final Setting<Segment> SEGMENT =
      Setting.required("segment", Shapes.word(Segment.class), Order.fixed(), Segment.MY_NUMBER);

  private static final Map<String, Setting<?>> BY_PATH = byPath();

  private Settings() {}

  /** All settings, in the order of the documents. */
  public static List<Setting<?>> all() {
    return List.copyOf(BY_PATH.values());
  }

  /** The setting of a path such as {@code login.session-idle}. */
  public static Optional<Setting<?>> find(String path) {
    return Optional.ofNullable(BY_PATH.get(path));
  }

  private static Map<String, Setting<?>> byPath() {
    List<Setting<?>> all = new ArrayList<>();
    all.add(SEGMENT);
    all.addAll(CalendarSettings.all());
    all.addAll(LoginSettings.all());
    all.add(ReaderSettings.JPKI_STAFF_LOGIN);
    all.addAll(UsbSettings.all());
    all.addAll(ClipboardSettings.all());
    all.addAll(MediaSettings.all());
    all.addAll(GrantSettings.all());
    all.addAll(AuditSettings.all());
    Map<String, Setting<?>> byPath = new LinkedHashMap<>();
    all.forEach(setting -> byPath.put(setting.path(), setting));
    return Collections.unmodifiableMap(byPath);
  }
}
