package jp.sekisho.e2e.vm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a terminal is booted.
 *
 * @param name of the directory under {@code e2e/target/vm} that gets the console's log
 * @param kernelArguments appended to the kernel's command line, such as {@code usbcore.authorized_default=0}
 * @param plugged what is in a port before the machine is switched on
 */
public record VmOptions(
    String name, List<String> kernelArguments, Map<String, Pluggable> plugged) {
  public VmOptions {
    kernelArguments = List.copyOf(kernelArguments);
    plugged = Map.copyOf(plugged);
  }

  /** A terminal with nothing plugged and the kernel as Debian delivers it. */
  public static VmOptions of(String name) {
    return new VmOptions(name, List.of(), Map.of());
  }

  public VmOptions withKernelArgument(String argument) {
    List<String> more = new ArrayList<>(kernelArguments);
    more.add(argument);
    return new VmOptions(name, more, plugged);
  }

  public VmOptions withPlugged(Pluggable device, String port) {
    Map<String, Pluggable> more = new LinkedHashMap<>(plugged);
    more.put(port, device);
    return new VmOptions(name, kernelArguments, more);
  }
}
