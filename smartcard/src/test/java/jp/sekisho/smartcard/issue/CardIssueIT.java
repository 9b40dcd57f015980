package jp.sekisho.smartcard.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.smartcard.simulate.TestCa;
import jp.sekisho.smartcard.testing.OtherProgram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three cards from a list through a real pcscd, judged by yubico-piv-tool, broken off once. */
@Tag("pcsc")
@Timeout(300)
class CardIssueIT {
  @TempDir Path directory;

  @Test
  void aListIsIssuedBrokenOffAndFinishedAndThePinIsSetByTwoRoles() throws Exception {
    try (CardDeskRun desk = new CardDeskRun(directory, 3, "p256")) {
      try (OtherProgram program = desk.start()) {
        desk.insert(CardDeskRun.field(CardDeskRun.await(program, "insert"), "number"));
        desk.judge(CardDeskRun.await(program, "issued"));
        desk.judgeAttestation();
        desk.remove();
        assertEquals("100002", CardDeskRun.field(CardDeskRun.await(program, "insert"), "number"));
        desk.insert("100002");
        // Killed between its certificate and its end, or just after.
        awaitCertificate("100002");
      }
      try (OtherProgram program = desk.start()) {
        String next = CardDeskRun.field(CardDeskRun.await(program, "insert"), "number");
        if (next.equals("100002")) {
          // Its PIN was set: nobody knows it, and nothing can be proved by it any more.
          String refused = program.line();
          assertTrue(refused.contains("\"CARD_NOT_NEW\""), refused);
          BigInteger revoked = new BigInteger(CardDeskRun.field(refused, "revoked"), 16);
          assertTrue(TestCa.open(directory.resolve("ca")).isRevoked(revoked), refused);
          desk.remove();
          String again = CardDeskRun.await(program, "insert");
          assertFalse(again.contains("\"card\""), again);
          desk.insert("100002-instead");
          desk.judge(CardDeskRun.await(program, "issued"));
          desk.remove();
          next = CardDeskRun.field(CardDeskRun.await(program, "insert"), "number");
        }
        assertEquals("100003", next);
        desk.insert(next);
        String last = CardDeskRun.await(program, "issued");
        resetPin(desk, CardDeskRun.field(last, "card"));
        desk.remove();
        CardDeskRun.await(program, "finished");
      }
      onScreen(desk);
      String journal = Files.readString(directory.resolve("journal"));
      assertEquals(3, journal.lines().filter(line -> line.startsWith("done ")).count(), journal);
    }
  }

  /** Two roles, one after the other, at one screen; nothing of it is on any disk. */
  private static void onScreen(CardDeskRun desk) throws Exception {
    desk.insertAndWait("100004");
    Process process = desk.atScreen("100004");
    try (Reader screen = process.inputReader(StandardCharsets.UTF_8);
        OutputStream keys = process.getOutputStream()) {
      List<String> halves = new ArrayList<>();
      for (int role = 1; role <= 2; role++) {
        seen(screen, "press Enter.");
        enter(keys);
        String shown = seen(screen, "The screen is cleared.");
        Matcher half = Pattern.compile(role + "(-[0-9A-F]{2,4}){3}").matcher(shown);
        assertTrue(half.find(), shown);
        halves.add(half.group());
        enter(keys);
        seen(screen, "\u001b[H\u001b[2J\u001b[3J");
      }
      seen(screen, "100004");
      assertEquals(0, process.waitFor());
      desk.unblock(halves.get(0), halves.get(1));
    } finally {
      process.destroyForcibly();
    }
  }

  private static void enter(OutputStream keys) throws IOException {
    keys.write('\n');
    keys.flush();
  }

  /** What the screen shows until it shows this. */
  private static String seen(Reader screen, String text) throws IOException {
    StringBuilder shown = new StringBuilder();
    while (shown.indexOf(text) < 0) {
      int next = screen.read();
      assertTrue(next >= 0, "no " + text + " in " + shown);
      shown.append((char) next);
    }
    return shown.toString();
  }

  private void awaitCertificate(String number) throws Exception {
    Path journal = directory.resolve("journal");
    while (!Files.readString(journal).contains("\ncertified " + number + " ")) {
      Thread.onSpinWait();
    }
  }

  /** The command of the desk: what costs a try and what does not, and the last one. */
  private static void resetPin(CardDeskRun desk, String card) throws Exception {
    String first = desk.written(1, card) + "\n";
    String second = desk.written(2, card) + "\n";
    String typo = desk.resetPin(first.replace('1', '7') + second + "246810\n").out();
    assertTrue(typo.contains("HALF_FORMAT"), typo);
    String same = desk.resetPin(first + first + "246810\n").out();
    assertTrue(same.contains("HALVES_MISMATCH"), same);
    CardDeskRun.Run missing = desk.resetPin(first + second);
    assertEquals("{\"failure\":\"PIN_MISSING\"}", missing.out().strip());
    assertEquals(3, missing.code());
    assertTrue(desk.resetPin(first + second + "24\n").out().contains("\"PIN_FORMAT\""));
    assertTrue(desk.resetPin(first).out().contains("\"PIN_MISSING\""), "no second half");
    String wrong;
    try (Puk other = Puk.random(new SecureRandom());
        PukHalf.Pair pair = PukHalf.split(other, new SecureRandom())) {
      wrong =
          new String(pair.first().written()) + "\n" + new String(pair.second().written()) + "\n";
    }
    assertTry(desk, wrong, 2);
    assertTry(desk, wrong, 1);
    CardDeskRun.Run asked = desk.resetPin(first + second + "246810\n");
    assertEquals(1, asked.code());
    assertTrue(asked.out().contains("\"PUK_LAST_TRY\",\"pukTriesLeft\":1"), asked.out());
    CardDeskRun.Run set = desk.resetPin(first + second + "２４６８１０\n", "--use-last-try");
    assertEquals(0, set.code(), set.out());
    assertEquals("{\"reset\":true}", set.out().strip());
    CardDeskRun.Run again = desk.resetPin(second + first + "864201\n");
    assertEquals(0, again.code(), "tries are full again, and the order does not matter");
    assertFalse(again.out().contains("864201"));
  }

  private static void assertTry(CardDeskRun desk, String halves, int left) {
    CardDeskRun.Run wrong = desk.resetPin(halves + "246810\n");
    assertEquals(1, wrong.code(), wrong.out());
    assertTrue(wrong.out().contains("\"PUK_WRONG\",\"pukTriesLeft\":" + left), wrong.out());
  }
}
