package jp.sekisho.smartcard.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jp.sekisho.smartcard.cli.CardCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders to a running simulator, whose reader is absent. */
class ControlSocketTest {
  @TempDir Path directory;

  @Test
  void faultsAreListedAndWhatIsNoOrderIsRefusedWithItsReason() throws Exception {
    try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Simulator simulator =
            Simulator.start(
                directory,
                nobody.getLocalPort(),
                new NewCard(NewCard.Kind.UNINITIALISED, "1", Optional.empty(), Optional.empty()))) {
      assertEquals(List.of("tear 3"), ControlSocket.send(directory, "fault tear 3"));
      assertEquals(List.of("slow 20", "tear 3"), ControlSocket.send(directory, "fault slow 20"));
      IOException refused =
          assertThrows(
              ControlSocket.RefusedException.class,
              () -> ControlSocket.send(directory, "fault explode 1"));
      assertTrue(String.valueOf(refused.getMessage()).contains("remove N | tear N"), "says how");
      assertEquals(1, CardCommand.run("control", "--dir", directory.toString(), "fault", "x"));
      assertEquals(0, CardCommand.run("control", "--dir", directory.toString(), "fault", "clear"));
      assertEquals(List.of(), ControlSocket.send(directory, "fault"));
      assertThrows(
          IOException.class,
          () ->
              Simulator.start(
                  directory,
                  1,
                  new NewCard(
                      NewCard.Kind.UNINITIALISED, "1", Optional.empty(), Optional.empty())));
      assertFalse(simulator.trace().iterator().hasNext());
    }
    assertThrows(IOException.class, () -> ControlSocket.send(directory, "status"));
  }
}
