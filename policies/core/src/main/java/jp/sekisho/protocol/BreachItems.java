package jp.sekisho.protocol;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The nine items of a report of 漏えい等 (番号法29条の4の規則3条1項), each a text of at most {@value #LONGEST}
 * characters, "" while nothing is known.
 *
 * @param summary 概要
 * @param data 特定個人情報の項目
 * @param subjects 本人の数
 * @param cause 原因
 * @param damage 二次被害又はそのおそれ
 * @param response 本人への対応の実施状況
 * @param publication 公表の実施状況
 * @param prevention 再発防止のための措置
 * @param other その他参考となる事項
 */
public record BreachItems(
    String summary,
    String data,
    String subjects,
    String cause,
    String damage,
    String response,
    String publication,
    String prevention,
    String other) {
  /** Longest item, in characters. */
  public static final int LONGEST = 1000;

  private static final BreachItems NOTHING = new BreachItems("", "", "", "", "", "", "", "", "");

  /** Nine of the longest, each character in its longest form, and their names. */
  private static final int MAX_BYTES = 64 * 1024;

  /** The items by name, in the order of the rule. */
  public Map<String, String> byName() {
    Map<String, String> items = new LinkedHashMap<>();
    items.put("summary", summary);
    items.put("data", data);
    items.put("subjects", subjects);
    items.put("cause", cause);
    items.put("damage", damage);
    items.put("response", response);
    items.put("publication", publication);
    items.put("prevention", prevention);
    items.put("other", other);
    return items;
  }

  /** The items of {@link #byName}, each of which has to be there. */
  public static BreachItems of(Map<String, String> items) {
    return new BreachItems(
        required(items, "summary"),
        required(items, "data"),
        required(items, "subjects"),
        required(items, "cause"),
        required(items, "damage"),
        required(items, "response"),
        required(items, "publication"),
        required(items, "prevention"),
        required(items, "other"));
  }

  private static String required(Map<String, String> items, String name) {
    return Objects.requireNonNull(items.get(name), name);
  }

  /** How many say something. */
  public int filled() {
    return (int) byName().values().stream().filter(text -> !text.isBlank()).count();
  }

  /**
   * Canonical JSON of the items.
   *
   * @throws IllegalArgumentException when a text is not NFC or none at all
   */
  public byte[] bytes() {
    return CanonicalJson.write(byName(), MAX_BYTES);
  }

  /** base64url SHA-256 of {@link #bytes}. */
  public String detail() {
    return Sha256.text(bytes());
  }

  /** The items of {@link #bytes}. */
  public static BreachItems parse(byte[] bytes) throws MalformedException {
    Map<String, String> items = new LinkedHashMap<>();
    for (Map.Entry<String, Object> item : CanonicalJson.read(bytes, MAX_BYTES).entrySet()) {
      if (!(item.getValue() instanceof String text)) {
        throw new MalformedException(item.getKey() + " is no text");
      }
      items.put(item.getKey(), text);
    }
    if (!items.keySet().equals(NOTHING.byName().keySet())) {
      throw new MalformedException("not the nine items");
    }
    return of(items);
  }
}
