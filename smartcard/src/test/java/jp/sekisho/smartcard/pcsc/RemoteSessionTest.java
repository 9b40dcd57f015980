package jp.sekisho.smartcard.pcsc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class RemoteSessionTest {
  private static int neverAsked(int index) {
    throw new AssertionError("asked for " + index);
  }

  @Test
  void windowsItselfSaysSo() {
    IntUnaryOperator remote = index -> index == RemoteSession.SM_REMOTESESSION ? 1 : 0;
    assertEquals(RemoteSession.REDIRECTED, RemoteSession.of(true, Map.of(), remote));
    assertEquals(
        RemoteSession.LOCAL,
        RemoteSession.of(true, Map.of("SESSIONNAME", "RDP-Tcp#0"), index -> 0),
        "the variable is that of the logon, the session has come back to the console");
  }

  @Test
  void withoutTheQuestionTheVariableHasToDo() {
    IntUnaryOperator missing =
        index -> {
          throw new UnsatisfiedLinkError("user32");
        };
    assertEquals(
        RemoteSession.REDIRECTED,
        RemoteSession.of(true, Map.of("SESSIONNAME", "RDP-Tcp#12"), missing));
    assertEquals(
        RemoteSession.LOCAL, RemoteSession.of(true, Map.of("SESSIONNAME", "Console"), missing));
    assertEquals(RemoteSession.LOCAL, RemoteSession.of(true, Map.of(), missing));
  }

  @Test
  void onLinuxSshAndXrdpAreRemote() {
    assertEquals(
        RemoteSession.LOCAL, RemoteSession.of(false, Map.of(), RemoteSessionTest::neverAsked));
    for (String variable : new String[] {"SSH_CONNECTION", "XRDP_SESSION"}) {
      assertEquals(
          RemoteSession.FORWARDED,
          RemoteSession.of(false, Map.of(variable, "1"), RemoteSessionTest::neverAsked));
    }
  }
}
