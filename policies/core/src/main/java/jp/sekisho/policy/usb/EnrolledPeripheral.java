package jp.sekisho.policy.usb;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A counter peripheral (scanner, printer, signature pad) that may be used without a grant.
 *
 * <p>A device is this one when vendor, product and, where given, serial number are equal and every
 * interface of every of its configurations is listed here. Descriptors can be cloned, so classes
 * that carry files or a network cannot be listed at all.
 *
 * @param vendor idVendor, four lower-case hexadecimal digits
 * @param product idProduct, the same
 * @param serial iSerialNumber as the device says it, 1 to {@value #MAX_SERIAL} printable ASCII
 *     characters; null when any will do
 * @param interfaces {@code class:subclass:protocol} of each, two lower-case hexadecimal digits
 *     each, such as {@code 07:01:02}; 1 to {@value #MAX_INTERFACES}, none twice
 */
public record EnrolledPeripheral(
    String vendor, String product, @Nullable String serial, List<String> interfaces) {
  /** Most interfaces. */
  public static final int MAX_INTERFACES = 32;

  /** Longest serial number. */
  public static final int MAX_SERIAL = 126;

  /** bInterfaceClass values that no peripheral may have: files, networks, hubs, firmware. */
  public static final Set<String> FORBIDDEN_CLASSES =
      // CDC, still image (PTP and MTP), storage, hub, CDC data, wireless, application specific
      Set.of("02", "06", "08", "09", "0a", "e0", "fe");

  private static final Pattern ID = Pattern.compile("[0-9a-f]{4}");
  private static final Pattern INTERFACE = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){2}");
  private static final Pattern SERIAL = Pattern.compile("[\\x20-\\x7e]{1," + MAX_SERIAL + "}");

  /** Checks every part. */
  public EnrolledPeripheral {
    interfaces = List.copyOf(interfaces);
    if (!ID.matcher(vendor).matches() || !ID.matcher(product).matches()) {
      throw new IllegalArgumentException("vendor or product is not four hexadecimal digits");
    }
    if (serial != null && !SERIAL.matcher(serial).matches()) {
      throw new IllegalArgumentException("serial is not 1 to 126 printable ASCII characters");
    }
    if (interfaces.isEmpty()
        || interfaces.size() > MAX_INTERFACES
        || new HashSet<>(interfaces).size() != interfaces.size()) {
      throw new IllegalArgumentException("interfaces are not 1 to 32 different ones");
    }
    for (String one : interfaces) {
      if (!INTERFACE.matcher(one).matches()) {
        throw new IllegalArgumentException("interface is not class:subclass:protocol");
      }
      if (FORBIDDEN_CLASSES.contains(one.substring(0, 2))) {
        throw new IllegalArgumentException("interface of a class no peripheral may have");
      }
    }
  }
}
