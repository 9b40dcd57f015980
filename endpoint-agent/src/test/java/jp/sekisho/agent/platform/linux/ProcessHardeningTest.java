package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessHardeningTest {
  /** Hardens itself and prints what the kernel then says of it. */
  static final class Hardened {
    private Hardened() {}

    public static void main(String[] args) throws Exception {
      System.out.println("before " + ProcessHardening.isApplied());
      ProcessHardening.apply();
      System.out.println("after " + ProcessHardening.isApplied());
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith("Max core file size")) {
          System.out.println(line.replaceAll("\\s+", " ").strip());
        }
      }
    }
  }

  @Test
  void hardenedProcessLeavesNoCoreAndCannotBeTraced() throws Exception {
    Process child = ChildJvm.start(Hardened.class, List.of());
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor());
    assertEquals("before false\nafter true\nMax core file size 0 0 bytes\n", said);
    assertFalse(ProcessHardening.isApplied(), "this JVM is not the child");
  }
}
