package jp.sekisho.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On a copy of the tree: nothing here touches this machine's controllers. */
class EarlyGateTest {
  @TempDir Path sys;

  private Path gate;

  @BeforeEach
  void controller() throws Exception {
    Path hub = Files.createDirectories(sys.resolve("bus/usb/devices/usb1"));
    gate = Files.writeString(hub.resolve("authorized_default"), "1\n");
  }

  static Stream<String> enforcing() {
    return Stream.of(
        "service",
        "service --state /x",
        "service --state=/x --socket /y",
        "service --loopback-port 1",
        "service --seats any");
  }

  static Stream<String> other() {
    return Stream.of(
        "",
        "status",
        "doctor --state /x",
        "service --no-enforcement",
        "service --state /x --no-enforcement",
        "service --state --no-enforcement",
        "service --state",
        "service --help",
        "service --nonsense",
        "service extra",
        "service @file",
        "session");
  }

  @ParameterizedTest
  @MethodSource("enforcing")
  @DisplayName("an enforcing service closes the controllers first of all")
  void closes(String args) throws Exception {
    EarlyGate.close(args.split(" ", -1), sys);
    assertEquals("0", Files.readString(gate).substring(0, 1));
  }

  @ParameterizedTest
  @MethodSource("other")
  @DisplayName("no other command touches them, nor a service told not to enforce")
  void leaves(String args) throws Exception {
    EarlyGate.close(args.isEmpty() ? new String[0] : args.split(" ", -1), sys);
    assertEquals("1\n", Files.readString(gate));
  }
}
