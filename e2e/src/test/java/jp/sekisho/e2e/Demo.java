package jp.sekisho.e2e;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jp.sekisho.e2e.vm.TerminalVm;
import jp.sekisho.e2e.vm.TerminalVm.Plugged;
import jp.sekisho.e2e.vm.UsbStick;

/**
 * {@code ./dev demo [--check] DIRECTORY}: tells the {@link Story}; without {@code --check} it then
 * leaves everything running and plugs the stick when {@code ./dev plug stick} asks.
 */
final class Demo {
  private static final int PEOPLE = 8080;

  private Demo() {}

  public static void main(String[] arguments) throws IOException {
    boolean check = List.of(arguments).contains("--check");
    Path directory = Path.of(arguments[arguments.length - 1]);
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    Story story = new Story(directory, out);
    try {
      story.tell(PEOPLE, (town, vm, stick) -> stay(check, out, directory, story, town, vm, stick));
    } catch (Story.Ended e) {
      out.println("The story ended early; logs are in " + directory.resolve("log"));
    }
    out.println(story.shown() + " steps shown, " + story.failed() + " failed");
    System.exit(story.failed() == 0 ? 0 : 1);
  }

  private static void stay(
      boolean check,
      PrintStream out,
      Path directory,
      Story story,
      Town town,
      TerminalVm vm,
      UsbStick stick)
      throws IOException {
    if (check) {
      return;
    }
    out.println(story.shown() + " steps shown, " + story.failed() + " failed");
    out.println(
        """

        Open    %s    in a browser on this machine: terminal T-0042, the approver's card is in its reader; the PIN 123456
                is typed by itself (from %s). /grants holds the exception, /log what happened.
        Try     ./dev plug stick, ./dev unplug stick     in a second terminal, at terminal T-0043
        Ctrl-C ends everything.
        """
            .formatted(town.people(), directory.resolve("fingers")));
    Path command = directory.resolve("command");
    Optional<Plugged> plugged = Optional.empty();
    while (true) {
      Programs.await("a command", Duration.ofDays(1), () -> Files.exists(command));
      String word = Files.readString(command).strip();
      Files.delete(command);
      if (word.equals("plug") && plugged.isEmpty()) {
        Plugged device = vm.plug(stick, "5");
        plugged = Optional.of(device);
        String name = vm.awaitDevice(device).name();
        out.println(
            name
                + " plugged in; authorized "
                + vm.run("cat /sys/bus/usb/devices/" + name + "/authorized").output().strip());
      } else if (word.equals("unplug") && plugged.isPresent()) {
        vm.unplug(plugged.get());
        plugged = Optional.empty();
        out.println("unplugged");
      }
    }
  }
}
