package jp.sekisho.agent.enforce.usb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jp.sekisho.agent.platform.linux.BlockDevices;
import jp.sekisho.agent.platform.linux.SysfsUsb;

/**
 * A copy of sysfs's form in a directory, and the kernel's messages from a queue. What a real kernel
 * does with {@code authorized} is not here: the tests in the VM show that.
 */
final class FakeBus implements UsbEvents {
  static final byte[] KEYBOARD =
      device(
          "09 02 22 00 01 01 08 a0 32"
              + "09 04 00 00 01 03 01 01 00 09 21 11 01 00 01 22 3f 00 07 05 81 03 08 00 07");
  static final byte[] STICK = device("09 02 12 00 01 01 00 80 32 09 04 00 00 00 08 06 50 00");
  static final byte[] HUB = device("09 02 12 00 01 01 00 80 32 09 04 00 00 00 09 00 00 00");
  static final byte[] SCANNER = device("09 02 12 00 01 01 00 80 32 09 04 00 00 00 ff 00 00 00");

  /** HID without a boot protocol: what it is for is only in its reports. */
  static final byte[] INPUT =
      device(
          "09 02 22 00 01 01 00 a0 32"
              + "09 04 00 00 01 03 00 00 00 09 21 11 01 00 01 22 3f 00 07 05 81 03 08 00 07");

  static final String TYPES = "05010906a101c0";
  static final String POINTS = "05010902a101c0";
  static final String TYPES_AND_POINTS = TYPES + POINTS;

  private final Path sys;
  private final LinkedBlockingQueue<UsbSignal> signals = new LinkedBlockingQueue<>();
  private int number = 1;

  FakeBus(Path sys) throws IOException {
    this.sys = sys;
    controller("usb1");
  }

  /** One configuration with so many interfaces, each of a keyboard. */
  static byte[] keyboards(int interfaces) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < interfaces; i++) {
      all.append("09 04 %02x 00 00 03 01 01 00".formatted(i));
    }
    int length = 9 + 9 * interfaces;
    return device(
        "09 02 %02x %02x %02x 01 00 a0 32".formatted(length & 0xFF, length >> 8, interfaces) + all);
  }

  private static byte[] device(String configuration) {
    return HexFormat.of()
        .parseHex(
            ("12 01 00 02 00 00 00 08 27 06 01 00 00 00 01 04 0b 01" + configuration)
                .replace(" ", ""));
  }

  UsbPorts ports() {
    return new SysfsUsb(sys, new BlockDevices(sys));
  }

  private Path path(String name) {
    return sys.resolve("bus/usb/devices").resolve(name);
  }

  void controller(String name) throws IOException {
    Files.createDirectories(path(name));
    set(name, "authorized_default", "1\n");
  }

  void put(String port, byte[] descriptors, boolean authorized) throws IOException {
    Files.createDirectories(path(port));
    Files.write(path(port).resolve("descriptors"), descriptors);
    set(port, "devnum", ++number + "\n");
    set(port, "serial", "S" + port + "\n");
    set(port, "authorized", authorized ? "1\n" : "0\n");
  }

  void set(String name, String file, String value) throws IOException {
    Files.writeString(path(name).resolve(file), value);
  }

  void descriptors(String port, byte[] descriptors) throws IOException {
    Files.write(path(port).resolve("descriptors"), descriptors);
  }

  String get(String name, String file) throws IOException {
    return Files.readString(path(name).resolve(file)).strip();
  }

  /** As {@link #plug}; the driver finds {@code reports} as soon as it is released. */
  void plugInput(String port, String reports) throws IOException {
    Path hid = path(port + ":1.0").resolve("0003:0627:0001.000" + number);
    Files.createDirectories(hid);
    Files.write(hid.resolve("report_descriptor"), HexFormat.of().parseHex(reports));
    plug(port, INPUT);
  }

  /** The kernel binds {@code driver} to the interface of a device. */
  void bind(String port, String driver) throws IOException {
    Path link = Files.createDirectories(path(port + ":1.0")).resolve("driver");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of("../../drivers", driver));
  }

  /** What a driver brings stands below its interface: {@code net}, {@code host6}. */
  void carry(String port, String what) throws IOException {
    Files.createDirectories(path(port + ":1.0").resolve(what));
  }

  /** A disk on a port of the first controller. */
  void disk(String port, String name) throws IOException {
    Path disk =
        sys.resolve("devices/pci/usb1").resolve(port).resolve(port + ":1.0/host6/block/" + name);
    Files.createDirectories(disk);
    Path link = sys.resolve("class/block").resolve(name);
    Files.createDirectories(sys.resolve("class/block"));
    Files.createSymbolicLink(link, disk);
  }

  void plug(String port, byte[] descriptors) throws IOException {
    put(port, descriptors, false);
    signal(UsbSignal.Kind.BOUND, port);
  }

  void pull(String port) throws IOException {
    for (String file : new String[] {"descriptors", "devnum", "serial", "authorized"}) {
      Files.delete(path(port).resolve(file));
    }
    Files.delete(path(port));
    signal(UsbSignal.Kind.REMOVED, port);
  }

  void signal(UsbSignal.Kind kind, String port) {
    signals.add(new UsbSignal(kind, port, ""));
  }

  @Override
  public UsbSignal next() throws IOException {
    try {
      UsbSignal signal = signals.poll(20, TimeUnit.MILLISECONDS);
      return signal == null ? UsbSignal.of(UsbSignal.Kind.QUIET) : signal;
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {}
}
