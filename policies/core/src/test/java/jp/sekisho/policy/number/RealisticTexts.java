package jp.sekisho.policy.number;

import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Texts as clerks copy them, from a seed: names, addresses, dates, telephone numbers, accounts and
 * case numbers, invented here.
 */
public final class RealisticTexts {
  private static final String[] FAMILY = {"佐藤", "鈴木", "高橋", "田中", "渡辺", "伊藤", "小林", "山本"};
  private static final String[] GIVEN = {"太郎", "花子", "一郎", "由美", "健", "さくら", "翔", "陽菜"};
  private static final String[] PLACES = {"中央一丁目", "本町", "大字上田", "栄町二丁目", "緑ケ丘", "字西原"};
  private static final String[] TITLES = {
    "課税証明書の件", "転入届の受付", "介護認定の更新", "児童手当の現況届", "国民健康保険の資格", "滞納整理票"
  };

  private final Random random;

  /** Texts of one seed. */
  public RealisticTexts(long seed) {
    this.random = new Random(seed);
  }

  private String one(String[] of) {
    return of[random.nextInt(of.length)];
  }

  private String digits(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(random.nextInt(10));
    }
    return text.toString();
  }

  /** A record without a 個人番号 and without any other number of twelve digits. */
  public String record() {
    return String.format(
        Locale.ROOT,
        "%s\n氏名　%s %s\n生年月日 昭和%d年%d月%d日\n〒%s-%s %s%d番地%d\n電話 090-%s-%s\n宛名番号 %s 世帯番号 %s\n"
            + "記号番号 %s-%s 口座 %s 税額 %,d円 受付 令和8年%d月%d日 文書番号 税第%d号",
        one(TITLES),
        one(FAMILY),
        one(GIVEN),
        1 + random.nextInt(63),
        1 + random.nextInt(12),
        1 + random.nextInt(28),
        digits(3),
        digits(4),
        one(PLACES),
        1 + random.nextInt(999),
        1 + random.nextInt(30),
        digits(4),
        digits(4),
        digits(10),
        digits(8),
        digits(5),
        digits(8),
        digits(7),
        random.nextInt(2_000_000),
        1 + random.nextInt(12),
        1 + random.nextInt(28),
        1 + random.nextInt(3000));
  }

  /** A record that also has a number of twelve digits which is none: of a receipt or a parcel. */
  public String recordWithReceipt() {
    return record() + "\n納付書 " + digits(12);
  }

  /** A table of {@code rows} receipts of twelve digits each. */
  public String receipts(int rows) {
    StringBuilder text = new StringBuilder("納付書番号\t税額\n");
    for (int i = 0; i < rows; i++) {
      text.append(digits(12)).append('\t').append(random.nextInt(90_000)).append('\n');
    }
    return text.toString();
  }

  /** A record with a 個人番号, which says so. */
  public String recordWithNumber() {
    return record() + "\n個人番号 " + individual();
  }

  /** Characters of all sorts, with runs of digits of any length. */
  public String noise(int characters) {
    StringBuilder text = new StringBuilder();
    while (text.length() < characters) {
      switch (random.nextInt(4)) {
        case 0 -> text.append(digits(1 + random.nextInt(20)));
        case 1 -> text.append((char) (0x3041 + random.nextInt(80)));
        case 2 -> text.append((char) (0x4E00 + random.nextInt(2000)));
        default -> text.append(" .-\n\t,:/()".charAt(random.nextInt(10)));
      }
    }
    return text.toString();
  }

  /** Twelve digits with a right check digit. */
  public String individual() {
    while (true) {
      String number = digits(12);
      if (CheckDigit.isIndividual(number)) {
        return number;
      }
    }
  }

  /**
   * Parts of texts with a finding.
   *
   * @param high of score high, which guarding acts on
   * @param low of score low only, which is marked
   */
  public record Rate(double high, double low) {}

  /** The rates over {@code texts} texts. */
  public static Rate rate(int texts, Supplier<String> next) {
    int high = 0;
    int low = 0;
    for (int i = 0; i < texts; i++) {
      NumberFindings findings = NumberDetector.scan(next.get());
      high += findings.count(Score.HIGH) > 0 ? 1 : 0;
      low += findings.count(Score.HIGH) == 0 && findings.count(Score.LOW) > 0 ? 1 : 0;
    }
    return new Rate((double) high / texts, (double) low / texts);
  }
}
