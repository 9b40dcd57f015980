package jp.sekisho.server.web;

import java.util.List;

/**
 * What a root sheet (ルート証明シート) shows: enough to hold the log to what it was on that day.
 *
 * @param organ name of the 機関
 * @param date in the page's language; on paper 令和8年11月21日
 * @param time {@code 2026-11-21T12:00:00Z}
 * @param origin of the log
 * @param size number of entries
 * @param root base64, as {@code sekisho-audit verify} prints it
 * @param rootGroups the same hash in hexadecimal groups of four, for reading aloud
 * @param fingerprint SHA-256 of the log's public key, in groups of four
 * @param key the log's verification key
 * @param checkpoint the signed note, line by line
 */
public record SheetContent(
    String organ,
    String date,
    String time,
    String origin,
    String size,
    String root,
    List<String> rootGroups,
    List<String> fingerprint,
    String key,
    List<String> checkpoint) {
  public SheetContent {
    rootGroups = List.copyOf(rootGroups);
    fingerprint = List.copyOf(fingerprint);
    checkpoint = List.copyOf(checkpoint);
  }

  /** The parameter of {@code sekisho-audit verify --sheet}. */
  public String argument() {
    return size + ":" + root;
  }
}
