package jp.sekisho.e2e.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a terminal is booted.
 *
 * @param name of the directory under {@code e2e/target/vm} that gets the console's log
 * @param kernelArguments appended to the kernel's command line, such as {@code
 *     usbcore.authorized_default=0}
 * @param plugged what is in a port before the machine is switched on
 * @param enrolled a tar of {@code /var/lib/sekisho}, for a terminal that was enrolled before: its
 *     agent is started while the machine boots, as a unit would start it
 */
public record VmOptions(
    String name,
    List<String> kernelArguments,
    Map<String, Pluggable> plugged,
    Optional<Path> enrolled) {
  public VmOptions {
    kernelArguments = List.copyOf(kernelArguments);
    plugged = Map.copyOf(plugged);
  }

  /** A terminal with nothing plugged and the kernel as Debian delivers it. */
  public static VmOptions of(String name) {
    return new VmOptions(name, List.of(), Map.of(), Optional.empty());
  }

  public VmOptions withKernelArgument(String argument) {
    List<String> more = new ArrayList<>(kernelArguments);
    more.add(argument);
    return new VmOptions(name, more, plugged, enrolled);
  }

  public VmOptions withPlugged(Pluggable device, String port) {
    Map<String, Pluggable> more = new LinkedHashMap<>(plugged);
    more.put(port, device);
    return new VmOptions(name, kernelArguments, more, enrolled);
  }

  public VmOptions withEnrolled(Path tar) {
    return new VmOptions(name, kernelArguments, plugged, Optional.of(tar));
  }
}
