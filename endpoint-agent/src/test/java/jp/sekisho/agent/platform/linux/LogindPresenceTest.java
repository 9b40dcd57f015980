package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogindPresenceTest {
  @ParameterizedTest
  @DisplayName("only a positive answer counts; every errno means no")
  @CsvSource({"1,true", "0,false", "-2,false", "-61,false"})
  void answers(int answer, boolean expected) {
    List<String> asked = new ArrayList<>();
    LogindPresence presence =
        new LogindPresence((uid, active, seat) -> {
          asked.add(uid + " " + active + " " + seat);
          return answer;
        });
    assertEquals(expected, presence.isAtScreen(1001));
    assertEquals(List.of("1001 1 seat0"), asked);
  }

  @Test
  @DisplayName("without libsystemd nobody is at the screen")
  void noLibrary() {
    assertFalse(new LogindPresence(null).isAtScreen(0));
  }
}
