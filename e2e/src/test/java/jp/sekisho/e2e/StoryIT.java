package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job from end to end, on a real kernel, cards, service and log. */
@Tag("vm")
@Tag("pcsc")
class StoryIT {
  @TempDir static Path directory;

  @Test
  @DisplayName(
      "a stick is blocked, one exception lets it be read, and the auditor sees it all, though the"
          + " service is killed and started again between any two steps of the exception")
  void told() throws IOException {
    Telling telling = new Telling(System.out);
    List<String> kills = new ArrayList<>();
    // Up to the cut it is some 40 s; the rest of the two minutes is waited for.
    Story.Disturbance kill =
        new Story.Disturbance(
            2,
            (town, after) -> {
              telling.waiting("the service, killed and started again after the " + after);
              town.killAndRestartService();
              kills.add(after);
            });
    telling.tell(() ->
        new Story(directory, telling, kill).tell(Town.freePort(), StoryIT::commandsAreAnswered));
    assertEquals(Story.STEPS + " steps shown, 0 failed", telling.summary());
    assertEquals(List.of("request", "approval", "activation", "read", "end", "return"), kills);
  }

  /** What {@code ./dev plug stick} and {@code ./dev unplug stick} do. */
  private static void commandsAreAnswered(Story.Scene scene) {
    StickCommands commands = new StickCommands(directory, scene);
    assertFalse(commands.answer("unplug").done());
    StickCommands.Answer plugged = commands.answer("plug");
    assertTrue(plugged.done() && plugged.text().contains("blocked it"), plugged.text());
    assertFalse(commands.answer("plug").done());
    assertTrue(commands.answer("unplug").done());
    assertFalse(commands.answer("eject").done());
  }
}
