package jp.sekisho.protocol;

/**
 * Names a personnel order: {@code POST /api/v1/people/undo}, and the answer to it and to a file
 * taken. Of a file that changes nothing no order is made.
 *
 * @param order such as {@code O-0007}; empty where none was made
 */
public record OrderNamed(String order) {}
