package jp.sekisho.protocol;

/**
 * What is said with a step of an exceptional measure: why it is refused, what a review found, how
 * it ended. {@code POST /api/v1/measures/<id>/reject}, {@code /review}, {@code /end}.
 *
 * @param note 1 to 400 characters; kept beside the measure, never in the log
 */
public record MeasureNote(String note) {}
