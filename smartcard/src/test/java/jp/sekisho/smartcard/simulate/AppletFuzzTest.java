package jp.sekisho.smartcard.simulate;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a client sends, a virtual card answers with a status word and lives on. */
class AppletFuzzTest {
  private static final int MOST_COMMANDS = 20;

  @TempDir static Path directory;
  private static Applet piv;
  private static Applet jpki;

  @BeforeAll
  static void personalise() throws IOException {
    piv = open(NewCard.Kind.UNINITIALISED);
    jpki = open(NewCard.Kind.JPKI);
  }

  private static Applet open(NewCard.Kind kind) throws IOException {
    return Applet.open(
        directory.resolve(kind.name()),
        new NewCard(kind, "100042", Optional.empty(), Optional.empty()));
  }

  @FuzzTest
  void pivAnswersWhateverComes(FuzzedDataProvider data) {
    converse(piv, "00A4040005A000000308", data);
  }

  @FuzzTest
  void jpkiAnswersWhateverComes(FuzzedDataProvider data) {
    converse(jpki, "00A4040C0AD392F000260100000001", data);
  }

  private static void converse(Applet card, String select, FuzzedDataProvider data) {
    card.reset();
    card.process(HexFormat.of().parseHex(select));
    for (int i = 0; i < MOST_COMMANDS && data.remainingBytes() > 0; i++) {
      byte[] answer = card.process(data.consumeBytes(data.consumeInt(0, 262))).encode();
      if (answer.length < 2 || answer.length > 258) {
        throw new AssertionError("answer of " + answer.length + " bytes");
      }
    }
  }
}
