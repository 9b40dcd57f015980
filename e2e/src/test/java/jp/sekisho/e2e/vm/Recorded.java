package jp.sekisho.e2e.vm;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** One line of the guest's recorder ({@code guest/recorder.c}), in the order of the log. */
public sealed interface Recorded {
  /** Time since the guest's boot, counting suspend. */
  Duration at();

  /**
   * What the kernel announced.
   *
   * @param action {@code add}, {@code remove}, {@code bind}, {@code unbind}, {@code change} …
   * @param devpath path under {@code /sys}
   * @param values the event's keys, such as {@code SUBSYSTEM}, {@code DEVTYPE}, {@code DEVNAME}
   */
  record Uevent(Duration at, String action, String devpath, Map<String, String> values)
      implements Recorded {
    public Uevent {
      values = Map.copyOf(values);
    }

    /** Last part of the path: {@code 2-1}, {@code sda}. */
    public String name() {
      return devpath.substring(devpath.lastIndexOf('/') + 1);
    }

    public String subsystem() {
      return values.getOrDefault("SUBSYSTEM", "");
    }

    /** Whether this is {@code action} of the subsystem and device type, such as {@code add usb usb_device}; "" is any type. */
    public boolean is(String action, String subsystem, String devtype) {
      return this.action.equals(action)
          && subsystem().equals(subsystem)
          && (devtype.isEmpty() || devtype.equals(values.get("DEVTYPE")));
    }

    /** Whether a block device of a plugged medium came into being: what must never stand in the log of a guarded terminal. */
    public boolean opensBlockDevice() {
      return is("add", "block", "") && devpath.contains("/usb");
    }
  }

  /**
   * A write to a file under {@code /sys} by any process.
   *
   * @param comm the process's name, {@code -} if it had already ended
   * @param path absolute
   * @param value what the file said right afterwards, {@code -} for files that are not of a gate or cannot be read
   */
  record SysWrite(Duration at, int pid, String comm, String path, String value)
      implements Recorded {
    /** Last part of the path: {@code authorized}. */
    public String name() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /**
   * Events were lost here, so nothing may be concluded from the absence of one.
   *
   * @param source {@code netlink}, or of fanotify the reason
   */
  record Lost(Duration at, String source) implements Recorded {}

  /** Reads one line of the log. */
  static Recorded parse(String line) {
    String[] part = line.split("\t", -1);
    String[] time = part[0].split("\\.");
    Duration at =
        Duration.ofSeconds(Long.parseLong(time[0])).plusNanos(Long.parseLong(time[1]) * 1000);
    return switch (part[1]) {
      case "U" -> new Uevent(at, part[2], part[3], keys(part));
      case "W" -> new SysWrite(at, Integer.parseInt(part[2]), part[3], part[4], part[5]);
      case "OVERFLOW", "LOST" -> new Lost(at, part[2]);
      default -> throw new IllegalArgumentException("not a line of the recorder: " + line);
    };
  }

  private static Map<String, String> keys(String[] part) {
    Map<String, String> values = new LinkedHashMap<>();
    Arrays.stream(part)
        .skip(4)
        .filter(key -> key.contains("="))
        .forEach(key -> values.put(
            key.substring(0, key.indexOf('=')), key.substring(key.indexOf('=') + 1)));
    return values;
  }
}
