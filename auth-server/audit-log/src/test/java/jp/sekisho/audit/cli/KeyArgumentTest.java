package jp.sekisho.audit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.VerifierKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyArgumentTest {
  @TempDir Path directory;

  private static VerifierKey key(String name, int seed) throws FormatException {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) seed;
    try (LogSigner signer = LogSigner.of(name, bytes)) {
      return signer.verifierKey();
    }
  }

  @Test
  void aFileThatIsCalledLikeTheKeyDoesNotTakeItsPlace() throws Exception {
    VerifierKey typed = key(directory + "/log", 1);
    Path trap = Path.of(typed.toString());
    Files.createDirectories(trap.getParent());
    Files.writeString(trap, key(directory + "/log", 2) + "\n");
    assertEquals(List.of(typed), KeyArgument.read(typed.toString()));
  }

  @Test
  void aFileOfKeysIsReadLineByLine() throws Exception {
    VerifierKey one = key("city.example/log/mayor/1", 1);
    VerifierKey two = key("city.example/log/system/1", 2);
    Path file = directory.resolve("keys");
    Files.writeString(file, "# kept since April\n" + one + "\n\n" + two + "\n");
    assertEquals(List.of(one, two), KeyArgument.read(file.toString()));
    Files.writeString(file, "# nothing\n");
    assertThrows(FormatException.class, () -> KeyArgument.read(file.toString()));
  }

  @Test
  void whatIsNeitherAKeyNorAFileIsRefused() {
    assertThrows(
        FormatException.class, () -> KeyArgument.read(directory.resolve("none").toString()));
  }
}
