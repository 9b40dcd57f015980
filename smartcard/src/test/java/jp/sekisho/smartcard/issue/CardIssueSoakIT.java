package jp.sekisho.smartcard.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jp.sekisho.smartcard.testing.OtherProgram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hundred cards from one list, the program killed now and then, each judged by another tool.
 */
@Tag("pcsc")
@Tag("torture")
class CardIssueSoakIT {
  private static final int CARDS = 200;
  private static final int KILLED_EVERY = 37;

  @TempDir Path directory;

  @Test
  void twoHundredCardsAreIssuedAndYubicosToolAcceptsEach() throws Exception {
    try (CardDeskRun desk = new CardDeskRun(directory, CARDS, "p256")) {
      int judged = 0;
      OtherProgram program = desk.start();
      try {
        while (judged < CARDS) {
          String number = CardDeskRun.field(CardDeskRun.await(program, "insert"), "number");
          desk.insert(number);
          desk.judge(CardDeskRun.await(program, "issued"));
          desk.remove();
          judged++;
          if (judged % KILLED_EVERY == 0) {
            program.kill();
            program = desk.start();
          }
        }
        CardDeskRun.await(program, "finished");
      } finally {
        program.kill();
      }
    }
    List<String> journal = Files.readAllLines(directory.resolve("journal"));
    assertEquals(
        CARDS, journal.stream().filter(line -> line.startsWith("done ")).distinct().count());
    assertEquals(CARDS, journal.stream().filter(line -> line.startsWith("begun ")).count());
    assertFalse(journal.stream().anyMatch(line -> line.startsWith("abandoned ")));
  }
}
