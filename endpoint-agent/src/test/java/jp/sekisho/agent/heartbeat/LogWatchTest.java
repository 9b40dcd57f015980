package jp.sekisho.agent.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LogWatchTest {
  private static LogWatch watching(WatchedLog... logs) {
    List<String> keys = new ArrayList<>();
    for (WatchedLog log : logs) {
      keys.add(log.verifierKey());
    }
    return new LogWatch("mayor", () -> keys);
  }

  @Test
  @DisplayName("a log that only grew continues, from every size to every later one")
  void grows() throws Exception {
    try (WatchedLog log = new WatchedLog()) {
      LogWatch watch = watching(log);
      String kept = "";
      for (int size = 0; size < 40; size++) {
        long held = LogWatch.size(kept);
        var finding = watch.judge(kept, log.checkpoint(), log.pathFrom(held));
        kept = assertInstanceOf(LogWatch.Continues.class, finding, "size " + size).checkpoint();
        assertEquals(size, LogWatch.size(kept));
        if (size % 3 == 2) {
          assertInstanceOf(
              LogWatch.Continues.class, watch.judge(kept, log.checkpoint(), List.of()), "same");
        }
        log.add("entry " + size);
      }
    }
  }

  @Test
  @DisplayName(
      "a rewritten past, signed with the log's own key, is a fork whatever proof comes along")
  void rewritten() throws Exception {
    try (WatchedLog log = new WatchedLog().with(20);
        WatchedLog rewritten = new WatchedLog()) {
      LogWatch watch = watching(log);
      String kept = log.checkpoint();
      for (int i = 0; i < 30; i++) {
        rewritten.add(i == 7 ? "something else" : "entry " + i);
      }
      assertEquals(
          new LogWatch.Forked(20, 30),
          watch.judge(kept, rewritten.checkpoint(), rewritten.pathFrom(20)));
      log.with(10);
      assertEquals(
          new LogWatch.Forked(20, 30),
          watch.judge(kept, rewritten.checkpoint(), log.pathFrom(20)),
          "the true log's proof");
      assertEquals(
          new LogWatch.Forked(20, 30), watch.judge(kept, log.checkpoint(), List.of()), "no proof");
    }
  }

  @Test
  @DisplayName("an older checkpoint, also a true one, is a fork: the service lost entries")
  void rolledBack() throws Exception {
    try (WatchedLog log = new WatchedLog().with(5)) {
      LogWatch watch = watching(log);
      String older = log.checkpoint();
      log.with(1);
      String kept = log.checkpoint();
      assertEquals(new LogWatch.Forked(6, 5), watch.judge(kept, older, List.of()));
    }
  }

  @Test
  @DisplayName("two logs of one size that differ are a fork")
  void sameSize() throws Exception {
    try (WatchedLog log = new WatchedLog().with(5);
        WatchedLog other = new WatchedLog().with(4)) {
      other.add("something else");
      assertEquals(
          new LogWatch.Forked(5, 5),
          watching(log).judge(log.checkpoint(), other.checkpoint(), List.of()));
    }
  }

  @Test
  @DisplayName("what the officers' key of this organ's log did not sign is no checkpoint")
  void unsigned() throws Exception {
    try (WatchedLog log = new WatchedLog().with(5);
        WatchedLog stranger = new WatchedLog(WatchedLog.ORIGIN, 2).with(6);
        WatchedLog other = new WatchedLog("auth.city.example/log/education/1", 3).with(6)) {
      LogWatch watch = watching(log, other);
      String kept = log.checkpoint();
      assertEquals(
          new LogWatch.Forked(5, -1),
          watch.judge(kept, stranger.checkpoint(), stranger.pathFrom(5)));
      assertEquals(
          new LogWatch.Forked(5, -1), watch.judge(kept, other.checkpoint(), other.pathFrom(5)));
      assertEquals(new LogWatch.Forked(5, -1), watch.judge(kept, "checkpoint", List.of()));
      assertEquals(new LogWatch.Forked(0, -1), watch.judge("", "checkpoint", List.of()));
      log.with(1);
      assertEquals(
          new LogWatch.Forked(5, -1),
          watch.judge(kept, log.checkpoint(), List.of("not base64url!")));
    }
  }

  @Test
  @DisplayName("without an officer-signed key for the log nothing is judged and nothing kept")
  void noKey() throws Exception {
    try (WatchedLog log = new WatchedLog().with(5);
        WatchedLog other = new WatchedLog("auth.city.example/log/education/1", 3)) {
      assertInstanceOf(LogWatch.Unjudged.class, watching().judge("", log.checkpoint(), List.of()));
      assertInstanceOf(
          LogWatch.Unjudged.class, watching(other).judge("", log.checkpoint(), List.of()));
      LogWatch odd = new LogWatch("mayor", () -> List.of("no+key"));
      assertInstanceOf(LogWatch.Unjudged.class, odd.judge("", log.checkpoint(), List.of()));
    }
  }

  @Test
  @DisplayName("a later generation counts with a key of the officers, an earlier one never again")
  void generations() throws Exception {
    try (WatchedLog first = new WatchedLog().with(5);
        WatchedLog second = new WatchedLog("auth.city.example/log/mayor/2", 4).with(2);
        WatchedLog elsewhere = new WatchedLog("auth.town.example/log/mayor/2", 5).with(2)) {
      String kept = first.checkpoint();
      assertEquals(
          new LogWatch.Forked(5, -1),
          watching(first).judge(kept, second.checkpoint(), List.of()),
          "before the officers signed");
      LogWatch.Succeeds next =
          assertInstanceOf(
              LogWatch.Succeeds.class,
              watching(first, second).judge(kept, second.checkpoint(), List.of()));
      assertEquals(List.of(1L, 2L, 5L), List.of(next.from(), next.to(), next.held()));
      assertEquals(kept.lines().toList().get(2), next.root());
      assertEquals(
          new LogWatch.Forked(2, 5),
          watching(first, second).judge(second.checkpoint(), kept, List.of()));
      assertEquals(
          new LogWatch.Forked(5, 2),
          watching(first, elsewhere).judge(kept, elsewhere.checkpoint(), List.of()),
          "another installation's log");
    }
  }
}
