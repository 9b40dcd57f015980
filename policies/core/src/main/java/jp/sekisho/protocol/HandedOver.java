package jp.sekisho.protocol;

/**
 * 引渡し of a medium that was in use under an exception: {@code POST /api/v1/grants/<id>/hand-over}.
 *
 * @param receipt the recipient's number for it (受領番号), 1 to 40 characters as {@link
 *     Names#isReference} says; it goes into the log
 */
public record HandedOver(String receipt) {}
