package jp.sekisho.agent.platform.linux;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import jp.sekisho.agent.enforce.usb.UsbPorts;
import jp.sekisho.policy.usb.HidUsages;
import jp.sekisho.policy.usb.UsbDescriptors;
import jp.sekisho.policy.usb.UsbDevice;
import org.jspecify.annotations.Nullable;

/**
 * USB ports in sysfs. Stateless and thread-safe.
 *
 * <p>Whatever is there but cannot be read counts as the worst it could be: unreadable descriptors
 * as malformed ones, an unreadable {@code authorized} as 1.
 */
public final class SysfsUsb implements UsbPorts {
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}-[0-9]{1,3}(\\.[0-9]{1,3}){0,6}");
  private static final int MAX_TEXT = 1024;

  /** A HID device below its interface: bus, vendor, product, number. */
  private static final String HID = "[0-9A-F]*:[0-9A-F]*:[0-9A-F]*.[0-9A-F]*";

  /** What a driver puts below its interface when it brings files or a network. */
  private static final Pattern CARRIED =
      Pattern.compile("host[0-9]+|net|block|mmc_host|mtd|ieee80211|bluetooth");

  private final Path devices;
  private final BlockDevices blocks;

  /**
   * Ports below {@code sys}.
   *
   * @param sys {@code /sys}, or a copy of its form
   * @param blocks block devices of the same tree
   */
  public SysfsUsb(Path sys, BlockDevices blocks) {
    this.devices = devices(sys);
    this.blocks = blocks;
  }

  /** The directory of all USB devices below {@code sys}. */
  public static Path devices(Path sys) {
    return sys.resolve("bus").resolve("usb").resolve("devices");
  }

  /** Whether {@code name} is that of a port, not of a root hub or an interface. */
  static boolean isPort(String name) {
    return PORT.matcher(name).matches();
  }

  @Override
  public void gate() throws IOException {
    List<String> open = ControllerGates.close(devices);
    if (!open.isEmpty()) {
      throw new IOException("controllers that do not close: " + open);
    }
  }

  @Override
  public List<String> openControllers() throws IOException {
    return ControllerGates.open(devices);
  }

  @Override
  public List<String> occupied() throws IOException {
    List<String> ports = new ArrayList<>();
    if (!Files.exists(devices)) {
      return ports;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(devices)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (isPort(name)) {
          ports.add(name);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    // A hub's name is the beginning of the names behind it, with fewer dots.
    ports.sort(
        Comparator.comparingLong((String name) -> name.chars().filter(c -> c == '.').count())
            .thenComparing(Comparator.naturalOrder()));
    return ports;
  }

  @Override
  public Optional<Reading> read(String port) {
    Path directory = devices.resolve(port);
    if (!isPort(port) || !Files.exists(directory)) {
      return Optional.empty();
    }
    byte[] descriptors;
    try {
      descriptors = bytes(directory.resolve("descriptors"), UsbDescriptors.MAX_BYTES + 1);
    } catch (IOException e) {
      descriptors = new byte[0];
    }
    UsbDevice device =
        new UsbDevice(
            port,
            descriptors,
            text(directory, "manufacturer"),
            text(directory, "product"),
            text(directory, "serial"));
    String authorized = text(directory, "authorized");
    String number = text(directory, "devnum");
    if (!Files.exists(directory)) {
      return Optional.empty();
    }
    return Optional.of(new Reading(device, number(number), !"0".equals(authorized)));
  }

  private static int number(@Nullable String text) {
    try {
      return text == null ? 0 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static @Nullable String text(Path directory, String name) {
    try {
      byte[] line = bytes(directory.resolve(name), MAX_TEXT);
      int end = line.length;
      if (end > 0 && line[end - 1] == '\n') {
        end--;
      }
      return new String(line, 0, end, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return null;
    }
  }

  private static byte[] bytes(Path file, int most) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(most);
    }
  }

  @Override
  public void authorize(String port) throws IOException {
    write(port, '1');
  }

  @Override
  public void block(String port) throws IOException {
    write(port, '0');
  }

  private void write(String port, char value) throws IOException {
    if (!isPort(port)) {
      throw new IOException("not a port");
    }
    try (FileOutputStream out =
        new FileOutputStream(devices.resolve(port).resolve("authorized").toFile())) {
      out.write(value);
    }
  }

  @Override
  public boolean hasInterfaces(String port) {
    Path directory = devices.resolve(port);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, port + ":*")) {
      return entries.iterator().hasNext();
    } catch (IOException e) {
      return Files.exists(directory);
    }
  }

  @Override
  public HidUsages usages(String port) {
    HidUsages all = HidUsages.NONE;
    try (DirectoryStream<Path> interfaces = Files.newDirectoryStream(devices, port + ":*")) {
      for (Path one : interfaces) {
        all = all.and(usages(one));
      }
    } catch (IOException | DirectoryIteratorException e) {
      // It left: whatever takes its port is read anew.
      return all;
    }
    return all;
  }

  private static HidUsages usages(Path usbInterface) {
    HidUsages all = HidUsages.NONE;
    try (DirectoryStream<Path> drivers = Files.newDirectoryStream(usbInterface, HID)) {
      for (Path hid : drivers) {
        byte[] descriptor;
        try {
          descriptor = bytes(hid.resolve("report_descriptor"), HidUsages.MAX_BYTES + 1);
        } catch (IOException e) {
          descriptor = new byte[HidUsages.MAX_BYTES + 1];
        }
        all = all.and(HidUsages.of(descriptor));
      }
    } catch (IOException | DirectoryIteratorException e) {
      // As above.
      return all;
    }
    return all;
  }

  @Override
  public List<Bound> bound(String port) {
    List<Bound> all = new ArrayList<>();
    try (DirectoryStream<Path> interfaces = Files.newDirectoryStream(devices, port + ":*")) {
      for (Path one : interfaces) {
        Path driver = one.resolve("driver");
        if (Files.exists(driver, LinkOption.NOFOLLOW_LINKS)) {
          all.add(new Bound(target(driver), carries(one)));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      if (Files.exists(devices.resolve(port))) {
        all.add(new Bound("?", true));
      }
    }
    return all;
  }

  private static String target(Path link) {
    try {
      return String.valueOf(Files.readSymbolicLink(link).getFileName());
    } catch (IOException e) {
      return "?";
    }
  }

  private static boolean carries(Path usbInterface) throws IOException {
    try (DirectoryStream<Path> below =
        Files.newDirectoryStream(
            usbInterface, name -> CARRIED.matcher(name.getFileName().toString()).matches())) {
      return below.iterator().hasNext();
    } catch (NoSuchFileException e) {
      // It left: so did what was behind it.
      return false;
    }
  }

  @Override
  public boolean hasVolume(String port) {
    return !blocks.disks(port).isEmpty();
  }

  @Override
  public List<String> systemDisks() {
    return blocks.systemPorts();
  }

  @Override
  public boolean unmountAll(String port) {
    return blocks.unmountAll(port);
  }
}
