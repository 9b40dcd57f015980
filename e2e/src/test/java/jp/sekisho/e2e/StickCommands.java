package jp.sekisho.e2e;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import jp.sekisho.e2e.Trail.Mark;
import jp.sekisho.e2e.vm.Recorded.Uevent;
import jp.sekisho.e2e.vm.TerminalVm;
import jp.sekisho.e2e.vm.TerminalVm.Plugged;
import org.jspecify.annotations.Nullable;

/**
 * The hands of {@code ./dev plug stick} and {@code ./dev unplug stick} at the story's terminal:
 * each is told what was done and what the terminal did.
 *
 * <p>{@code ./dev} moves a file {@code command} with the one word into the directory and waits for
 * {@code answer}: its exit code in a line, then what it prints.
 */
final class StickCommands {
  private static final String PORT = "5";

  private final Path directory;
  private final Story.Scene scene;
  private final TerminalVm vm;
  private @Nullable Plugged plugged;

  /** What is answered to one command. */
  record Answer(boolean done, String text) {}

  StickCommands(Path directory, Story.Scene scene) {
    this.directory = directory;
    this.scene = scene;
    this.vm = scene.vm();
  }

  /** Does what is asked until the process is ended. */
  void serve(PrintStream out) throws IOException, InterruptedException {
    Path command = directory.resolve("command");
    Path written = directory.resolve("answer.new");
    // ./dev asks nothing before it sees this file, and takes turns on it.
    Files.writeString(directory.resolve("console"), "");
    while (true) {
      while (!Files.exists(command)) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      String word = Files.readString(command).strip();
      Files.delete(command);
      Answer answer = answer(word);
      out.println(answer.text());
      Files.writeString(written, (answer.done() ? 0 : 1) + "\n" + answer.text() + "\n");
      Files.move(written, directory.resolve("answer"), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Does one thing; a fault is an answer too. */
  Answer answer(String word) {
    try {
      return switch (word) {
        case "plug" -> plug();
        case "unplug" -> unplug();
        default -> new Answer(false, "plug or unplug, not " + word);
      };
    } catch (AssertionError | RuntimeException e) {
      return new Answer(false, word + " failed: " + e.getMessage());
    }
  }

  private Answer plug() {
    if (plugged != null) {
      return new Answer(false, "The stick is plugged in already; ./dev unplug stick pulls it.");
    }
    int before = scene.trail().lines().size();
    Plugged device = vm.plug(scene.stick(), PORT);
    plugged = device;
    String name = vm.awaitDevice(device).name();
    vm.awaitUevent(
        "its binding to the bus", device.since(), e -> e.is("bind", "usb", "usb_device"));
    // A released stick would become a disk after this, not at once.
    vm.run("udevadm settle; sleep 2").expectOk();
    String authorized =
        vm.run("cat /sys/bus/usb/devices/" + name + "/authorized").expectOk().strip();
    long disks =
        vm.recorderLog().stream()
            .skip(device.since())
            .filter(line -> line instanceof Uevent event && event.opensBlockDevice())
            .count();
    return new Answer(
        true,
        "Plugged the stick into "
            + Story.TERMINAL
            + ", where it is "
            + name
            + ". The terminal "
            + (authorized.equals("0") && disks == 0 ? "blocked it" : "LET IT IN")
            + ": authorized is "
            + authorized
            + ", "
            + disks
            + " block devices appeared.\nIts record in the log: "
            + scene.await(Mark.of("usb.blocked", Trail.field("port", name)), before));
  }

  private Answer unplug() {
    Plugged device = plugged;
    if (device == null) {
      return new Answer(false, "The stick is not plugged in; ./dev plug stick does it.");
    }
    vm.unplug(device);
    plugged = null;
    vm.awaitUevent("its removal", device.since(), e -> e.is("remove", "usb", "usb_device"));
    return new Answer(
        true, "Pulled the stick out of " + Story.TERMINAL + "; its kernel has let go of it.");
  }
}
