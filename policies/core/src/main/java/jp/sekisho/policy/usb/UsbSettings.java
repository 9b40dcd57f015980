package jp.sekisho.policy.usb;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.policy.setting.Members;
import jp.sekisho.policy.setting.Order;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.Shape;
import jp.sekisho.policy.setting.Shapes;
import jp.sekisho.protocol.MalformedException;

/** Settings of the section {@code usb}. */
public final class UsbSettings {
  /** Stands in {@link #MEDIA} for every medium of the register (登録媒体). */
  public static final String EVERY_REGISTERED = "registered";

  private static final Shape<String> INTERFACE =
      new Shape<>() {
        @Override
        public String read(Object json) throws MalformedException {
          if (json instanceof String text) {
            return text; // EnrolledPeripheral knows the form
          }
          throw new MalformedException("interface is not text");
        }

        @Override
        public Object write(String value) {
          return value;
        }
      };

  private static final Shape<List<String>> INTERFACES =
      Shapes.list(INTERFACE, 1, EnrolledPeripheral.MAX_INTERFACES);

  private static final Shape<EnrolledPeripheral> PERIPHERAL =
      new Shape<>() {
        @Override
        public EnrolledPeripheral read(Object json) throws MalformedException {
          Members members = Members.of(json, "peripheral");
          Object serial = members.takeOptional("serial");
          if (serial != null && !(serial instanceof String)) {
            throw new MalformedException("serial is not text");
          }
          try {
            EnrolledPeripheral read =
                new EnrolledPeripheral(
                    members.text("vendor"),
                    members.text("product"),
                    (String) serial,
                    INTERFACES.read(members.take("interfaces")));
            members.end();
            return read;
          } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
          }
        }

        @Override
        public Object write(EnrolledPeripheral value) {
          Map<String, Object> members = new TreeMap<>();
          members.put("vendor", value.vendor());
          members.put("product", value.product());
          members.put("interfaces", value.interfaces());
          if (value.serial() != null) {
            members.put("serial", value.serial());
          }
          return members;
        }
      };

  private static final Shape<String> MEDIUM =
      new Shape<>() {
        @Override
        public String read(Object json) throws MalformedException {
          if (json instanceof String text
              && (text.equals(EVERY_REGISTERED) || MediumFingerprint.isWellFormed(text))) {
            return text;
          }
          throw new MalformedException("medium is neither a fingerprint nor " + EVERY_REGISTERED);
        }

        @Override
        public Object write(String value) {
          return value;
        }
      };

  /** USB storage. */
  public static final Setting<StorageAccess> STORAGE =
      Setting.required(
          "usb.storage",
          Shapes.word(StorageAccess.class),
          Order.smaller(),
          StorageAccess.GRANT_ONLY);

  /** Devices that no rule names. */
  public static final Setting<UnlistedDevices> UNLISTED =
      Setting.required(
          "usb.unlisted",
          Shapes.word(UnlistedDevices.class),
          Order.smaller(),
          UnlistedDevices.BLOCK);

  /** Counter peripherals. */
  public static final Setting<List<EnrolledPeripheral>> ENROLLED =
      Setting.required(
          "usb.enrolled",
          Shapes.list(PERIPHERAL, 0, UsbRules.MAX_ENROLLED),
          Order.covered(UsbSettings::covers),
          List.of());

  /** The media that a grant may open here: fingerprints, or every registered one. */
  public static final Setting<List<String>> MEDIA =
      Setting.optional(
          "usb.media",
          Shapes.list(MEDIUM, 0, 1000),
          Order.covered((wide, one) -> wide.equals(EVERY_REGISTERED) || wide.equals(one)),
          List.of());

  private UsbSettings() {}

  /** All of them, in the order of the documents. */
  public static List<Setting<?>> all() {
    return List.of(STORAGE, UNLISTED, ENROLLED, MEDIA);
  }

  private static boolean covers(EnrolledPeripheral wide, EnrolledPeripheral one) {
    return wide.vendor().equals(one.vendor())
        && wide.product().equals(one.product())
        && (wide.serial() == null || wide.serial().equals(one.serial()))
        && wide.interfaces().containsAll(one.interfaces());
  }
}
