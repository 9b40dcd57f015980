package jp.sekisho.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ServiceOptionsTest {
  static Stream<String> enforcing() {
    return Stream.of(
        "service",
        "service --state /x",
        "service --state=/x --socket /y",
        "service --loopback-port 1",
        "service --loopback-port=0 --state a=b",
        "service --seats any",
        "service --pkcs11-module /usr/lib/m.so --pkcs11-token Staff",
        "service --socket /run/a --seats=active --state /var/lib/s --loopback-port 47621");
  }

  @ParameterizedTest
  @MethodSource("enforcing")
  @DisplayName("what is read without the library is what the library reads")
  void agrees(String line) {
    String[] args = line.split(" ", -1);
    ServiceCommand command = new ServiceCommand();
    new CommandLine(command).parseArgs(Arrays.copyOfRange(args, 1, args.length));
    assertEquals(Optional.of(command.options()), ServiceOptions.plain(args));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "status",
        "doctor --state /x",
        "service --no-enforcement",
        "service --state /x --no-enforcement",
        "service --state --no-enforcement",
        "service --state",
        "service --state=",
        "service --state /x --state /y",
        "service --loopback-port many",
        "service --seats nobody",
        "service --pkcs11-module /usr/lib/m.so",
        "service --pkcs11-token Staff",
        "service --help",
        "service --nonsense",
        "service --nonsense x",
        "service extra",
        "service extra word",
        "service @file",
        "session"
      })
  @DisplayName("every other command line is left to the library: nothing is gated by guess")
  void leaves(String args) {
    assertEquals(
        Optional.empty(),
        ServiceOptions.plain(args.isEmpty() ? new String[0] : args.split(" ", -1)));
  }
}
