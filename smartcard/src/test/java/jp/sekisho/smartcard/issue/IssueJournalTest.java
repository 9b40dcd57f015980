package jp.sekisho.smartcard.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IssueJournalTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void written() throws IOException {
    file = directory.resolve("journal");
    try (IssueJournal journal = IssueJournal.open(file)) {
      IssueProgress one = journal.of("1");
      one.begin("serial-5");
      one.recordCertificate(BigInteger.valueOf(0x4f));
      one.recordDone("serial-5");
      journal.of("2").begin("serial-6");
    }
  }

  @Test
  void whatWasRecordedIsThereAfterANewStart() throws Exception {
    assertEquals(
        """
        sekisho/card-journal/v1
        begun 1 serial-5
        certified 1 4f
        done 1 serial-5
        begun 2 serial-6
        """,
        Files.readString(file));
    try (IssueJournal journal = IssueJournal.open(file)) {
      assertTrue(journal.isDone("1"));
      assertFalse(journal.isDone("2"));
      assertEquals(Optional.of("serial-6"), journal.card("2"));
      assertEquals(Optional.of(BigInteger.valueOf(0x4f)), journal.of("1").certified());
      assertTrue(journal.of("3").isOfAnother("serial-5"), "used");
      assertTrue(journal.of("2").isOfAnother("serial-7"), "begun with another");
    }
  }

  /** At whatever byte the power went: the lines before count, and the next one follows them. */
  @Test
  void aLineCutShortIsAsIfItHadNotBeenWritten() throws Exception {
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length += 5) {
      Path cut = directory.resolve("cut");
      Files.write(cut, Arrays.copyOf(whole, length));
      try (IssueJournal journal = IssueJournal.open(cut)) {
        journal.of("9").begin("serial-9");
      }
      String text = Files.readString(cut);
      assertTrue(text.startsWith("sekisho/card-journal/v1\n"), length + text);
      assertTrue(text.endsWith("\nbegun 9 serial-9\n"), length + text);
      IssueJournal.open(cut).close();
    }
  }

  @Test
  void twoProcessesDoNotWriteOneJournal() throws Exception {
    try (IssueJournal first = IssueJournal.open(file)) {
      IOException refused = assertThrows(IOException.class, () -> IssueJournal.open(file));
      assertTrue(String.valueOf(refused.getMessage()).startsWith("JOURNAL_IN_USE"));
      assertTrue(first.isDone("1"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"done 1\n", "begun\n", "certified 1 xyz\n", "something 1\n", "\n"})
  void aLineThatIsNoneMakesTheJournalUnusable(String line) throws Exception {
    Files.writeString(file, line, StandardOpenOption.APPEND);
    IOException refused = assertThrows(IOException.class, () -> IssueJournal.open(file));
    assertTrue(String.valueOf(refused.getMessage()).endsWith(": line 6"), refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0123456789", "number,upn\n1,a@b", "sekisho/card-journal/v2\nbegun 1 x\n"})
  void aFileThatIsNoJournalIsLeftAsItIs(String content) throws Exception {
    Path other = Files.writeString(directory.resolve("other"), content);
    IOException refused = assertThrows(IOException.class, () -> IssueJournal.open(other));
    assertTrue(String.valueOf(refused.getMessage()).endsWith(": line 1"), refused.getMessage());
    assertEquals(content, Files.readString(other));
  }

  @Test
  void onlyWhatIsBegunAndNotFinishedIsGivenUp() throws Exception {
    try (IssueJournal journal = IssueJournal.open(file)) {
      for (String number : new String[] {"1", "9", "1 2"}) {
        assertThrows(IllegalArgumentException.class, () -> journal.abandon(number));
      }
      journal.abandon("2");
      assertFalse(journal.isBegun("2"));
    }
    assertTrue(Files.readString(file).endsWith("begun 2 serial-6\nabandoned 2\n"));
  }

  @Test
  void aJournalOfAnEarlierVersionIsReadOn() throws Exception {
    Files.writeString(file, "halves 2\n", StandardOpenOption.APPEND);
    try (IssueJournal journal = IssueJournal.open(file)) {
      assertTrue(journal.isBegun("2"));
    }
  }

  @Test
  void halvesGoToTwoPlacesOrNowhere() throws Exception {
    Path one = directory.resolve("one");
    assertTrue(
        String.valueOf(
                assertThrows(
                        IOException.class, () -> HalfFiles.open(one, directory.resolve("./one")))
                    .getMessage())
            .startsWith("HALVES_TOGETHER"));
    assertFalse(Files.exists(one));
  }

  @Test
  void aPlaceThatGotNoHalfIsTakenAwayAgainUnlessItWasThereBefore() throws Exception {
    Path one = directory.resolve("one");
    Path two = directory.resolve("two");
    HalfFiles.open(one, two).close();
    assertFalse(Files.exists(one) || Files.exists(two));
    Files.createFile(two);
    HalfFiles.open(one, two).close();
    assertFalse(Files.exists(one));
    assertTrue(Files.exists(two));
    Path nowhere = directory.resolve("none/two");
    assertThrows(IOException.class, () -> HalfFiles.open(one, nowhere));
    assertFalse(Files.exists(one));
    HalfFiles files = HalfFiles.open(one, directory.resolve("three"));
    Files.writeString(one, "1,serial-1,half", StandardOpenOption.APPEND);
    files.close();
    assertTrue(Files.exists(one), "what holds something stays");
    assertFalse(Files.exists(directory.resolve("three")));
  }
}
