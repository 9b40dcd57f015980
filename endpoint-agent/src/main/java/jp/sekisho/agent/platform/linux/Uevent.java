package jp.sekisho.agent.platform.linux;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import jp.sekisho.agent.enforce.usb.UsbSignal;
import jp.sekisho.agent.enforce.usb.UsbSignal.Kind;
import jp.sekisho.protocol.MalformedException;

/**
 * One message of the kernel about a device, as it comes from netlink: {@code ACTION@DEVPATH}, then
 * {@code KEY=VALUE} fields, each ended by a NUL. Only the kernel's own form is read, not udev's.
 */
final class Uevent {
  private Uevent() {}

  /**
   * What a message means for the gate.
   *
   * @param bytes buffer that holds it
   * @param length its length in bytes
   * @return empty when it is about nothing the gate looks at
   * @throws MalformedException when it is not a message of the kernel
   */
  static Optional<UsbSignal> read(byte[] bytes, int length) throws MalformedException {
    if (length < 4) {
      throw new MalformedException("short message");
    }
    // Most messages are "change" and are dropped before a string is built: a flood of them must be
    // read faster than it comes.
    switch (bytes[0]) {
      case 'a', 'b', 'r' -> {
        // add, bind, remove
      }
      case 'c', 'm', 'o', 'u' -> {
        return Optional.empty();
      }
      default -> throw new MalformedException("unknown action");
    }
    String[] fields = new String(bytes, 0, length, StandardCharsets.UTF_8).split("\0", -1);
    int at = fields[0].indexOf('@');
    if (at < 0) {
      throw new MalformedException("no action@path");
    }
    String action = fields[0].substring(0, at);
    String path = fields[0].substring(at + 1);
    String subsystem = "";
    String type = "";
    for (int i = 1; i < fields.length; i++) {
      if (fields[i].startsWith("SUBSYSTEM=")) {
        subsystem = fields[i].substring("SUBSYSTEM=".length());
      } else if (fields[i].startsWith("DEVTYPE=")) {
        type = fields[i].substring("DEVTYPE=".length());
      }
    }
    return switch (subsystem) {
      case "usb" -> usb(action, path, type);
      case "block" -> block(action, path);
      case "net" -> net(action, path);
      default -> Optional.empty();
    };
  }

  private static Optional<UsbSignal> usb(String action, String path, String type) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (type.equals("usb_interface")) {
      int colon = name.indexOf(':');
      // "bind" too: a driver that has to be loaded first comes long after the interface.
      boolean ours =
          (action.equals("add") || action.equals("bind"))
              && colon > 0
              && SysfsUsb.isPort(name.substring(0, colon));
      return ours
          ? Optional.of(new UsbSignal(Kind.INTERFACE, name.substring(0, colon), ""))
          : Optional.empty();
    }
    if (!type.equals("usb_device")) {
      return Optional.empty();
    }
    if (!SysfsUsb.isPort(name)) {
      // A root hub: closed as soon as it is there.
      return action.equals("add") ? Optional.of(UsbSignal.of(Kind.CONTROLLER)) : Optional.empty();
    }
    return switch (action) {
      // Not on "add": the kernel's own driver has not looked at the device yet, and both would
      // configure it.
      case "bind" -> Optional.of(new UsbSignal(Kind.BOUND, name, ""));
      case "remove" -> Optional.of(new UsbSignal(Kind.REMOVED, name, ""));
      default -> Optional.empty();
    };
  }

  private static Optional<UsbSignal> net(String action, String path) {
    return action.equals("add")
        ? BlockDevices.portOf(path).map(port -> new UsbSignal(Kind.INTERFACE, port, ""))
        : Optional.empty();
  }

  private static Optional<UsbSignal> block(String action, String path) {
    if (!action.equals("add")) {
      return Optional.empty();
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    return BlockDevices.portOf(path).map(port -> new UsbSignal(Kind.VOLUME, port, name));
  }
}
