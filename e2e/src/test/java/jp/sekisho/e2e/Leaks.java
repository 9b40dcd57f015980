package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.Keys;

/**
 * A case of 漏えい等 (R27) in the browser of an administrator without a mouse: opened forty days late,
 * its nine items written, both reports recorded, closed. Each state is looked at in both languages.
 */
final class Leaks {
  private static final DateTimeFormatter FIELD =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm").withZone(ZoneId.of("Asia/Tokyo"));

  /** What is typed into each of the nine, in the order of the rule. */
  private static final List<Map.Entry<String, String>> ITEMS =
      List.of(
          Map.entry("summary", "電磁的記録媒体1個の所在が分からなくなった。"),
          Map.entry("data", "氏名、住所、生年月日（暗号化していない）"),
          Map.entry("subjects", "12人"),
          Map.entry("cause", "返却の確認をしていなかった。"),
          Map.entry("damage", "確認されていない。"),
          Map.entry("response", "本人へ文書で通知した。"),
          Map.entry("publication", "市のウェブサイトで公表した。"),
          Map.entry("prevention", "毎日の所在確認を始めた。"),
          Map.entry("other", "なし"));

  private final Screen screen;
  private final Town town;

  Leaks(Screen screen, Town town) {
    this.screen = screen;
    this.town = town;
  }

  /** Opened, both reports late, both made in one: what {@code ./dev test} has time for. */
  void inShort() {
    open();
    both(path(), "breach", "breach-overdue");
    screen.tabTo("report-which");
    screen.type(Keys.END); // both in one
    screen.type(Keys.TAB);
    screen.tabTo("report-reference");
    screen.type("個情第12号", Keys.ENTER);
    screen.seeAttribute("breach", "data-state", "reported");
    assertFalse(screen.has("breaches-late"), "nothing is late");
  }

  /** Every state and refusal. */
  void inFull() {
    both("/breaches", "breaches-table", "breaches-none");
    screen.fill("breach-known", "");
    enter("open-button");
    refused("BREACH_INCOMPLETE", "breaches-refused");
    open();
    both(path(), "breach", "breach-overdue");
    goesOn(path());
    both("/breaches", "breaches-table", "breaches");
    assertTrue(
        town.entries().stream()
            .anyMatch(line -> line.contains("breach.closed") && line.contains("reported")));
  }

  private String path() {
    return screen.url().replaceFirst("[?].*", "").substring(town.people().length());
  }

  /** First known forty days ago: both reports are late. */
  private void open() {
    screen.go(town.people() + "/breaches");
    screen.fill("breach-known", FIELD.format(Instant.now().minus(Duration.ofDays(40))));
    screen.tabTo("breach-origin");
    screen.type(Keys.END); // an entry of the log
    screen.type(Keys.TAB, "1");
    enter("open-button");
    screen.seeAttribute("breach", "data-state", "open");
    assertTrue(screen.has("breaches-late"), "beside the link of every page");
  }

  private void goesOn(String path) {
    screen.tabTo("kind-system");
    screen.type(Keys.SPACE);
    enter("amend-button");
    refused("BREACH_INCOMPLETE", "breach-amend-refused");
    assertEquals("kind-system", screen.focus());
    screen.type(Keys.SPACE);
    for (Map.Entry<String, String> item : ITEMS) {
      screen.tabTo("amend-" + item.getKey());
      screen.type(Keys.chord(Keys.CONTROL, "a"), item.getValue());
    }
    enter("amend-button");
    screen.waitUntil("the items", () -> screen.see("item-prevention").getText().contains("所在確認"));
    for (String language : List.of("en", "ja")) {
      screen.go(town.people() + path + "?lang=" + language);
      for (String part : List.of("item-other", "kind-hundred", "close-button")) {
        screen.scrollTo(part);
        screen.picture("breach-" + part + "-" + language);
      }
    }
    look("breach-close-button-ja");
    enter("report-button");
    refused("BREACH_INCOMPLETE", "breach-report-refused");
    assertEquals("report-reference", screen.focus());
    screen.type("個情第12号", Keys.ENTER);
    screen.seeAttribute("breach", "data-state", "preliminary");
    both(path, "breach", "breach-preliminary");
    enter("close-button");
    refused("BREACH_UNREPORTED", "breach-close-refused");
    screen.go(town.people() + path);
    screen.tabTo("report-reference");
    screen.type("個情第34号", Keys.ENTER);
    screen.seeAttribute("breach", "data-state", "reported");
    assertFalse(screen.has("breaches-late"), "nothing is late");
    both(path, "breach", "breach-reported");
    enter("close-button");
    screen.seeAttribute("breach", "data-state", "closed");
    both(path, "breach", "breach-closed");
    both(path + "/paper", "paper", "paper-breach");
  }

  private void enter(String button) {
    screen.tabTo(button);
    screen.type(Keys.ENTER);
  }

  private void refused(String code, String picture) {
    screen.seeRefusal("refusal-breach", code);
    look(picture);
  }

  /** Looks at a page in both languages, which differ in words only, and ends in Japanese. */
  private void both(String path, String element, String picture) {
    screen.go(town.people() + path + "?lang=en");
    screen.see(element);
    screen.picture(picture + "-en");
    assertFalse(screen.isCut(), picture);
    screen.go(town.people() + path + "?lang=ja");
    screen.see(element);
    look(picture + "-ja");
  }

  private void look(String name) {
    screen.picture(name);
    assertEquals(List.of(), screen.accessibilityFaults(), name);
    assertFalse(screen.isCut(), name);
  }
}
