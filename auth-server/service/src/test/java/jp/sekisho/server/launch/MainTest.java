package jp.sekisho.server.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

/** The main class on a Java that is too old. */
class MainTest {
  private static final int CLASS_FILE_OF_JAVA_17 = 61;

  @Test
  void loadsOnJava17() throws Exception {
    try (InputStream in = Main.class.getResourceAsStream("Main.class")) {
      assertNotNull(in);
      DataInputStream bytes = new DataInputStream(in);
      assertEquals(0xCAFEBABE, bytes.readInt());
      bytes.readUnsignedShort();
      assertEquals(CLASS_FILE_OF_JAVA_17, bytes.readUnsignedShort());
    }
  }

  @Test
  void saysInBothLanguagesWhichJavaItNeeds() {
    String text = Main.olderJava(17);
    assertTrue(text.contains("Java 25 以上が必要です") && text.contains("needs Java 25 or newer"), text);
  }
}
