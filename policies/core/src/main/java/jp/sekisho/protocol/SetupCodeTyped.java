package jp.sekisho.protocol;

/**
 * The one-time code of the first start as somebody typed it: {@code POST /authn/v1/setup/code}.
 *
 * @param code letters and digits; case, dashes and blanks do not matter. Never logged
 */
public record SetupCodeTyped(String code) {
  @Override
  public String toString() {
    return "SetupCodeTyped[***]";
  }
}
