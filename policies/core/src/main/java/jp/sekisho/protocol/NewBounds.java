package jp.sekisho.protocol;

/**
 * How much comes in, or goes over a boundary of the clipboard, under an exception that a person
 * asks for: in all, at most.
 *
 * @param files how many; 0 of the clipboard
 * @param bytes together
 */
public record NewBounds(int files, long bytes) {}
