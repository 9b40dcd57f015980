package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A person asks for an exception (電磁的記録媒体等使用申請): {@code POST /api/v1/grants}. The requester is the
 * session's person. Limits are in {@link jp.sekisho.protocol.statement.ExportGrant} and in the
 * policy.
 *
 * @param person staff number of who will use it, of the requester's 機関
 * @param terminal id of the terminal where it will be used
 * @param medium id of a registered medium; null where {@code capability} is of none
 * @param reason why it is needed
 * @param document 文書番号; null when there is none
 * @param legalBasis 法的根拠; null when none is named
 * @param providedTo 提供先; null when nothing is handed over
 * @param subjects 本人の数
 * @param start ISO-8601 with offset, whole seconds
 * @param end ISO-8601 with offset, whole seconds; a request without it is refused by name
 * @param minutes longest use from activation
 * @param series how often it is repeated (定例許可), {@code start} and {@code end} being those of the
 *     first time; null for an exception that is used once
 * @param capability {@code usb-read}, {@code usb-export-encrypted}, {@code export-plain}, {@code
 *     media-import} or {@code clipboard}; null for the first
 * @param attendant staff number of who stands by (立会者); null for nobody
 * @param export what leaves; null where nothing does
 * @param bounds how much is imported or goes over a boundary; null where neither happens
 */
public record NewGrant(
    String person,
    String terminal,
    @Nullable String medium,
    String reason,
    @Nullable String document,
    @Nullable String legalBasis,
    @Nullable String providedTo,
    int subjects,
    @Nullable String start,
    @Nullable String end,
    @Nullable Integer minutes,
    @Nullable NewSeries series,
    @Nullable String capability,
    @Nullable String attendant,
    @Nullable NewExport export,
    @Nullable NewBounds bounds) {
  /** One about a registered medium. */
  public NewGrant(
      String person,
      String terminal,
      @Nullable String medium,
      String reason,
      @Nullable String document,
      @Nullable String legalBasis,
      @Nullable String providedTo,
      int subjects,
      @Nullable String start,
      @Nullable String end,
      @Nullable Integer minutes,
      @Nullable NewSeries series,
      @Nullable String capability,
      @Nullable String attendant,
      @Nullable NewExport export) {
    this(
        person,
        terminal,
        medium,
        reason,
        document,
        legalBasis,
        providedTo,
        subjects,
        start,
        end,
        minutes,
        series,
        capability,
        attendant,
        export,
        null);
  }

  /** One to read, at whose use nobody stands by. */
  public NewGrant(
      String person,
      String terminal,
      @Nullable String medium,
      String reason,
      @Nullable String document,
      @Nullable String legalBasis,
      @Nullable String providedTo,
      int subjects,
      @Nullable String start,
      @Nullable String end,
      @Nullable Integer minutes,
      @Nullable NewSeries series) {
    this(
        person,
        terminal,
        medium,
        reason,
        document,
        legalBasis,
        providedTo,
        subjects,
        start,
        end,
        minutes,
        series,
        null,
        null,
        null);
  }

  /** One that is used once. */
  public NewGrant(
      String person,
      String terminal,
      @Nullable String medium,
      String reason,
      @Nullable String document,
      @Nullable String legalBasis,
      @Nullable String providedTo,
      int subjects,
      @Nullable String start,
      @Nullable String end,
      @Nullable Integer minutes) {
    this(
        person,
        terminal,
        medium,
        reason,
        document,
        legalBasis,
        providedTo,
        subjects,
        start,
        end,
        minutes,
        null);
  }
}
