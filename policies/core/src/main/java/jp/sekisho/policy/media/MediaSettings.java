package jp.sekisho.policy.media;

import java.util.List;
import jp.sekisho.policy.setting.Order;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.Shapes;

/** Settings of the sections {@code media} and {@code network}. */
public final class MediaSettings {
  /** SD cards. */
  public static final Setting<MediaAccess> SD = access("media.sd");

  /** Optical discs. */
  public static final Setting<MediaAccess> OPTICAL = access("media.optical");

  /** Telephones and cameras. */
  public static final Setting<MediaAccess> MTP = access("media.mtp");

  /** Wireless LAN. */
  public static final Setting<WifiAccess> WIFI =
      Setting.optional(
          "network.wifi", Shapes.word(WifiAccess.class), Order.smaller(), WifiAccess.BLOCK);

  /** Every other way into another network; the built-in wired one is not for a policy to block. */
  public static final Setting<OtherNetworks> OTHER =
      Setting.optional(
          "network.other", Shapes.word(OtherNetworks.class), Order.smaller(), OtherNetworks.BLOCK);

  private MediaSettings() {}

  /** All of them, in the order of the documents. */
  public static List<Setting<?>> all() {
    return List.of(SD, OPTICAL, MTP, WIFI, OTHER);
  }

  /** The setting about {@code kind}. */
  public static Setting<MediaAccess> about(MediaKind kind) {
    return switch (kind) {
      case SD -> SD;
      case OPTICAL -> OPTICAL;
      case MTP -> MTP;
    };
  }

  private static Setting<MediaAccess> access(String path) {
    return Setting.optional(
        path, Shapes.word(MediaAccess.class), Order.smaller(), MediaAccess.BLOCK);
  }
}
