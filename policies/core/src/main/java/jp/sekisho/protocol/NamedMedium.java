package jp.sekisho.protocol;

/** A medium that came back to the counter (返却): {@code POST /api/v1/media/check-in}. */
public record NamedMedium(String medium) {}
