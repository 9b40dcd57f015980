package jp.sekisho.protocol;

/**
 * What was done under an 緊急時の例外措置: {@code POST /api/v1/emergencies/{id}/report}. In the case, never
 * in the log.
 *
 * @param people who was concerned, 1 to 200 characters
 * @param contents what was read, 1 to 400 characters
 * @param document 文書番号 of the report on paper, 1 to 100 characters
 */
public record EmergencyReport(String people, String contents, String document) {}
