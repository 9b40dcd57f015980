package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
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
  @DisplayName("a stick is blocked, one exception lets it be read, and the auditor sees it all")
  void told() throws IOException {
    Story story = new Story(directory, System.out);
    story.tell(Town.freePort(), (town, vm, stick) -> {});
    assertEquals(0, story.failed());
    assertEquals(Story.STEPS, story.shown());
  }
}
