package jp.sekisho.protocol;

/**
 * An auditor's order about a legal hold (法的保全) of the own 機関's log: {@code POST /api/v1/log/holds}
 * sets one and answers with it, {@code POST /api/v1/log/holds/lift} lifts one.
 *
 * @param hold its id, 16 hexadecimal digits; empty in the order that sets one
 * @param reference the document that orders it: 1 to 40 letters, digits and {@code ._/()-}
 */
public record LogHold(String hold, String reference) {}
