package jp.sekisho.e2e.vm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The guest's kernel and disks in {@code .dev/vm} of the checkout, built by {@code e2e/vm/*.sh}
 * when something changed.
 */
record VmImage(Path directory) {
  /** The checkout. */
  static Path root() {
    return Path.of(System.getProperty("sekisho.root", "..")).toAbsolutePath().normalize();
  }

  /**
   * Builds what is missing; the first time this takes half a minute and the network.
   *
   * @param says gets each line of the scripts, which are silent when there is nothing to do
   */
  static synchronized VmImage ready(Consumer<String> says) {
    Path scripts = root().resolve("e2e/vm");
    Path directory = root().resolve(".dev/vm");
    Path agent = root().resolve("endpoint-agent/target/sekisho-agent.jar");
    if (!Files.isRegularFile(agent)) {
      throw new MachineLacks(agent + " is missing: run ./dev build first");
    }
    Map<String, String> java = Map.of("JAVA_HOME", System.getProperty("java.home", ""));
    Tool.run(
        List.of("bash", scripts.resolve("build-image.sh").toString(), directory.toString()),
        java,
        says);
    Tool.run(
        List.of(
            "bash",
            scripts.resolve("agent-disk.sh").toString(),
            directory.toString(),
            agent.toString()),
        java,
        says);
    return new VmImage(directory);
  }

  String file(String name) {
    return directory.resolve(name).toString();
  }
}
