package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A step of the first start is done.
 *
 * @param ticket enrolment ticket, shown once; absent after other steps
 */
public record SetupReply(String step, @Nullable String ticket) {
  @Override
  public String toString() {
    return "SetupReply[" + step + "]"; // a ticket lets a terminal in
  }
}
