package jp.sekisho.agent.platform.linux;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Closes the gates of all USB controllers: {@code authorized_default=0} for every {@code usbN}.
 *
 * <p>Plain file writes and no more, because this runs before anything else of the agent: loading
 * JNA alone takes longer than a stick needs. Never writes anything but 0, and never takes it back.
 */
public final class ControllerGates {
  private static final Pattern ROOT_HUB = Pattern.compile("usb[0-9]{1,5}");
  private static final byte[] CLOSED = {'0'};

  private ControllerGates() {}

  /**
   * Closes every controller.
   *
   * @param devices {@code /sys/bus/usb/devices}
   * @return those that are open although they were just written, or could not be written
   * @throws IOException when the controllers cannot be listed
   */
  public static List<String> close(Path devices) throws IOException {
    for (Path hub : rootHubs(devices)) {
      try (FileOutputStream out =
          new FileOutputStream(hub.resolve("authorized_default").toFile())) {
        out.write(CLOSED);
      } catch (IOException e) {
        // Gone in the meantime, or not writable: open() tells which.
      }
    }
    return open(devices);
  }

  /** Names of the controllers whose gate is not closed. */
  public static List<String> open(Path devices) throws IOException {
    List<String> open = new ArrayList<>();
    for (Path hub : rootHubs(devices)) {
      try {
        String value =
            Files.readString(hub.resolve("authorized_default"), StandardCharsets.US_ASCII);
        if (!value.strip().equals("0")) {
          open.add(hub.getFileName().toString());
        }
      } catch (NoSuchFileException e) {
        // The controller left while it was looked at.
        if (Files.exists(hub)) {
          open.add(hub.getFileName().toString());
        }
      }
    }
    return open;
  }

  private static List<Path> rootHubs(Path devices) throws IOException {
    List<Path> hubs = new ArrayList<>();
    if (!Files.exists(devices)) {
      // A machine, or a kernel, without USB has nothing to close.
      return hubs;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(devices)) {
      for (Path entry : entries) {
        if (ROOT_HUB.matcher(entry.getFileName().toString()).matches()) {
          hubs.add(entry);
        }
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    return hubs;
  }
}
