package jp.sekisho.protocol.event;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** What a terminal's USB gate decided and whether it holds. */
public sealed interface UsbEvent extends AgentEvent {

  /**
   * The device a decision was about.
   *
   * @param port the kernel's name of the port, such as {@code 3-1.2}
   * @param fingerprint of all it says of itself; the serial number is nowhere else
   * @param vendor idVendor; null when its descriptors cannot be read
   * @param product idProduct; null when its descriptors cannot be read
   * @param classes class:subclass:protocol of its interfaces, such as {@code 08:06:50}
   */
  record Device(
      String port,
      String fingerprint,
      @Nullable Integer vendor,
      @Nullable Integer product,
      List<String> classes) {
    public Device {
      classes = List.copyOf(classes);
    }

    private Map<String, Object> data(String rule) {
      Map<String, Object> data = new TreeMap<>();
      data.put("port", port);
      data.put("fingerprint", fingerprint);
      if (vendor != null) {
        data.put("vendor", hex(vendor));
      }
      if (product != null) {
        data.put("product", hex(product));
      }
      data.put("classes", classes);
      data.put("rule", rule);
      return data;
    }

    private static String hex(int id) {
      return String.format(Locale.ROOT, "%04x", id);
    }
  }

  /** A device was released; durable before it took effect. */
  record Allowed(Device device, String rule) implements UsbEvent {
    @Override
    public String type() {
      return "usb.allowed";
    }

    @Override
    public Map<String, Object> data() {
      return device.data(rule);
    }
  }

  /**
   * A device stays blocked.
   *
   * @param wasOpen it had been usable before: plugged in before the agent started, or released by
   *     somebody else
   * @param count null for one block; else how many there were within a minute that have no record
   *     of their own, of which this is the newest: a device may come and go endlessly
   */
  record Blocked(
      Device device, String rule, boolean wasOpen, @Nullable Integer count, Refusal reason)
      implements UsbEvent {
    /** One block. */
    public Blocked(Device device, String rule, boolean wasOpen, Refusal reason) {
      this(device, rule, wasOpen, null, reason);
    }

    /** This one for {@code number}. */
    public Blocked counted(int number) {
      return new Blocked(device, rule, wasOpen, number, reason);
    }

    @Override
    public String type() {
      return "usb.blocked";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = device.data(rule);
      data.put("wasOpen", wasOpen);
      if (count != null) {
        data.put("count", count);
      }
      return data;
    }
  }

  /**
   * Whether the USB gate holds, as measured, changed.
   *
   * @param state {@code effective} 有効 or {@code misconfigured} 設定不良
   * @param fault why not, a stable word; empty when effective
   */
  record Enforcement(String state, String fault) implements UsbEvent {
    @Override
    public String type() {
      return "usb.enforcement";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("state", state, "fault", fault);
    }
  }
}
