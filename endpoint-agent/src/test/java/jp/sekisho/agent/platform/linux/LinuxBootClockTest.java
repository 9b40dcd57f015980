package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LinuxBootClockTest {
  private final LinuxBootClock clock = new LinuxBootClock();

  @Test
  @DisplayName("it says what the kernel's uptime says, which is of the same clock")
  void sameAsUptime() throws IOException {
    Duration before = uptime();
    Duration now = clock.sinceBoot();
    Duration after = uptime();
    // /proc/uptime has hundredths.
    assertTrue(now.compareTo(before.minusMillis(20)) >= 0);
    assertTrue(now.compareTo(after.plusMillis(20)) <= 0);
  }

  private static Duration uptime() throws IOException {
    String seconds = Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0];
    return Duration.ofMillis(new BigDecimal(seconds).movePointRight(3).longValueExact());
  }
}
