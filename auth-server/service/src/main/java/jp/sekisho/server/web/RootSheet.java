package jp.sekisho.server.web;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.chrono.JapaneseDate;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import jp.sekisho.audit.note.VerifierKey;

/** Makes the content of a root sheet out of a signed checkpoint. */
final class RootSheet {
  private static final int GROUP = 4;

  private RootSheet() {}

  /**
   * A sheet.
   *
   * @param checkpoint a note that was opened with {@code key}
   */
  static SheetContent of(
      String organ, String checkpoint, VerifierKey key, Instant now, Words words) {
    List<String> lines = checkpoint.lines().toList();
    LocalDate day = now.atZone(LogFilter.JAPAN).toLocalDate();
    return new SheetContent(
        organ,
        date(day, words.locale()),
        now.truncatedTo(ChronoUnit.SECONDS).toString(),
        lines.get(0),
        lines.get(1),
        lines.get(2),
        groups(HexFormat.of().formatHex(Base64.getDecoder().decode(lines.get(2)))),
        groups(HexFormat.of().formatHex(sha256(key))),
        key.toString(),
        lines);
  }

  /** 令和8年11月21日, or 21 November 2026. */
  static String date(LocalDate day, Locale locale) {
    return locale.getLanguage().equals("ja")
        ? DateTimeFormatter.ofPattern("Gy年M月d日", Locale.JAPAN).format(JapaneseDate.from(day))
        : DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH).format(day);
  }

  private static byte[] sha256(VerifierKey key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.publicKey());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static List<String> groups(String hex) {
    List<String> groups = new ArrayList<>();
    for (int i = 0; i < hex.length(); i += GROUP) {
      groups.add(hex.substring(i, i + GROUP));
    }
    return groups;
  }
}
