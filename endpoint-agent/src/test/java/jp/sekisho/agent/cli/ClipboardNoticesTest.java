package jp.sekisho.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.agent.enforce.clipboard.Answer;
import jp.sekisho.agent.enforce.clipboard.Board;
import jp.sekisho.agent.enforce.clipboard.Crossing;
import jp.sekisho.agent.enforce.clipboard.Hold;
import jp.sekisho.agent.ipc.Screen;
import jp.sekisho.agent.seat.Pinentry;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.protocol.Refusal;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ClipboardNoticesTest {
  private static final Crossing CROSSING =
      new Crossing(Board.CLIPBOARD, "juki", "", List.of(), 1, false, null);
  private static final Answer NO =
      new Answer(Refusal.CLIPBOARD_NUMBER, new Reason("番号は出しません。", "It stays."), false, "内線 1234");

  private final List<String> shown = new ArrayList<>();
  private long now;

  private ClipboardNotices notices(Locale locale) {
    return new ClipboardNotices(locale, () -> now, (title, text) -> shown.add(title + "\n" + text));
  }

  @Test
  @DisplayName(
      "says what happened, why by the policy's own reason, what to do and whom to call, in both languages")
  void says() {
    notices(Locale.JAPANESE).tell(CROSSING, NO);
    assertEquals(
        "貼り付けできませんでした。\njuki から 一覧にないプログラム へ。\n個人番号と思われる数字があるか、あるかどうかを調べられない内容です。"
            + "個人番号は領域の外へ出せません。 番号は出しません。\n番号を除き、画像やファイルは文字だけにしてコピーし直してください。誤りと思うときは連絡してください。"
            + "\n情報システム担当（内線 1234）",
        shown.get(0));
    notices(Locale.ENGLISH).tell(CROSSING, NO);
    assertTrue(
        shown.get(1).startsWith("Nothing was pasted.\nFrom juki to a program"), shown.get(1));
    assertTrue(shown.get(1).contains("It stays."), shown.get(1));
    assertTrue(shown.get(1).contains("内線 1234"), shown.get(1));
  }

  @Test
  @DisplayName("once in a while, however often a program asks; a warning is told as one")
  void rarely() {
    ClipboardNotices notices = notices(Locale.ENGLISH);
    notices.tell(CROSSING, NO);
    notices.tell(CROSSING, NO);
    assertEquals(1, shown.size());
    notices.tell(CROSSING, new Answer(null, NO.why(), true, ""));
    assertEquals(2, shown.size());
    assertTrue(shown.get(1).startsWith("What you pasted may hold"), shown.get(1));
    now += ClipboardNotices.QUIET.toNanos();
    notices.tell(CROSSING, NO);
    assertEquals(3, shown.size());
  }

  private static Screen screen(Map<String, String> environment) {
    return SessionCommand.screen(
        environment, Locale.ENGLISH, new Pinentry(Optional::empty, Locale.ENGLISH));
  }

  @Test
  @DisplayName(
      "a Wayland session is said to be one, a terminal without a screen has nothing to hold")
  void screens() {
    assertEquals(
        new Screen.Without(Hold.WAYLAND),
        screen(Map.of("XDG_SESSION_TYPE", "wayland", "DISPLAY", ":0")));
    assertEquals(
        new Screen.Without(Hold.WAYLAND),
        screen(Map.of("WAYLAND_DISPLAY", "wayland-0", "DISPLAY", ":0")));
    assertEquals(new Screen.Without(Hold.YES), screen(Map.of()));
    assertEquals(new Screen.Without(Hold.YES), screen(Map.of("XDG_SESSION_TYPE", "tty")));
    assertEquals(new Screen.Without(Hold.NO_DISPLAY), screen(Map.of("XDG_SESSION_TYPE", "x11")));
    assertEquals(new Screen.Without(Hold.NO_DISPLAY), screen(Map.of("DISPLAY", "localhost:10.0")));
    assertTrue(screen(Map.of("DISPLAY", ":1", "HOME", "/h")) instanceof Screen.With);
  }
}
