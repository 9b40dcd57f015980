package jp.sekisho.e2e.vm;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import jp.sekisho.e2e.vm.TerminalVm.Plugged;
import jp.sekisho.e2e.vm.TerminalVm.Result;
import org.jspecify.annotations.Nullable;

/** Boots a terminal for a developer; {@code e2e/vm/shell} starts it. Each line is a script for the guest, a line with a colon for us. */
public final class Shell {
  private static final String HELP =
      """
      any line           run in the guest as root
      :stick PORT IMAGE  plug a FAT image, made when it does not exist
      :key PORT          plug a keyboard
      :hub PORT          plug a hub
      :pull PORT         unplug
      :cut  :mend        the network
      :cards             start pcscd; prints the port for sekisho-card.jar simulate
      :log               what the recorder saw
      :quit""";

  private final TerminalVm vm;
  private final Map<String, Plugged> plugged = new HashMap<>();

  private Shell(TerminalVm vm) {
    this.vm = vm;
  }

  /** Arguments are appended to the kernel's command line. */
  public static void main(String[] arguments) throws IOException {
    VmOptions options = VmOptions.of("shell");
    for (String argument : arguments) {
      options = options.withKernelArgument(argument);
    }
    try (TerminalVm vm = TerminalVm.start(options)) {
      System.out.printf("booted in %.1f s%n%s%n", vm.bootTime().toMillis() / 1000.0, HELP);
      new Shell(vm).loop();
    }
  }

  private void loop() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    @Nullable Console console = System.console();
    while (true) {
      if (console != null) {
        System.out.print("vm# ");
        System.out.flush();
      }
      @Nullable String line = in.readLine();
      if (line == null || line.equals(":quit")) {
        return;
      }
      try {
        say(line);
      } catch (IllegalStateException | IllegalArgumentException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private void say(String line) throws IOException {
    if (!line.startsWith(":")) {
      Result result = vm.run(line);
      System.out.print(result.output());
      if (result.rc() != 0) {
        System.out.println("exit " + result.rc());
      }
      return;
    }
    String[] word = line.split(" +");
    switch (word.length + word[0]) {
      case "3:stick" -> plug(word[1], stick(Path.of(word[2])));
      case "2:key" -> plug(word[1], UsbPart.KEYBOARD);
      case "2:hub" -> plug(word[1], UsbPart.HUB);
      case "2:pull" -> pull(word[1]);
      case "1:cut" -> vm.cutNetwork();
      case "1:mend" -> vm.restoreNetwork();
      case "1:cards" -> System.out.println(vm.startCards());
      case "1:log" -> vm.recorderLog().forEach(System.out::println);
      default -> System.out.println(HELP);
    }
  }

  private static UsbStick stick(Path image) throws IOException {
    String serial = String.valueOf(image.getFileName());
    return java.nio.file.Files.exists(image)
        ? new UsbStick(image, serial, UsbStick.Attached.BULK)
        : UsbStick.make(image, serial, Map.of());
  }

  private void plug(String port, Pluggable device) {
    Plugged now = vm.plug(device, port);
    plugged.put(port, now);
    System.out.println(vm.awaitDevice(now).name());
  }

  private void pull(String port) {
    @Nullable Plugged device = plugged.remove(port);
    if (device == null) {
      System.out.println("nothing of ours is in port " + port);
    } else {
      vm.unplug(device);
    }
  }
}
