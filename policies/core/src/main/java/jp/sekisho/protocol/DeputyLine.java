package jp.sekisho.protocol;

/**
 * A place in the order of deputies (代決者) of a division's approvers.
 *
 * @param deputy its id, base64url of 16 bytes
 * @param division code of the division
 * @param rank 1 is asked first
 * @param person staff number
 * @param from first day, as {@code 2026-04-01}
 * @param until last day
 * @param reference the document that orders it
 */
public record DeputyLine(
    String deputy,
    String division,
    int rank,
    String person,
    String from,
    String until,
    String reference) {}
